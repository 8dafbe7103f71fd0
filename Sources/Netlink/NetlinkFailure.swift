/// One request of a batch that the kernel refused.
public struct NetlinkFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// Its place in the batch.
    public var index: Int
    public var error: NetlinkError

    public init(index: Int, error: NetlinkError) {
        self.index = index
        self.error = error
    }

    public var description: String { error.description }
}
