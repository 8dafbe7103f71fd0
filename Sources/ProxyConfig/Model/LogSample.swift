/// `sample 1,3-5:10`: which of so many lines are sent (configuration manual, section 4.2, "log").
public struct LogSample: Sendable, Hashable {
    /// Places from 1, in order, none twice.
    public var ranges: [ClosedRange<Int>]
    /// So many lines have places.
    public var size: Int

    public init(ranges: [ClosedRange<Int>], size: Int) {
        self.ranges = ranges
        self.size = size
    }
}
