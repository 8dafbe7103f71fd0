/// Where a connection stands in queues (`set-priority-class`, `set-priority-offset`): lower numbers are served first.
struct QueuePriority: Equatable {
    static let classes: ClosedRange<Int64> = -0x7ff...0x7ff
    static let offsets: ClosedRange<Int64> = -0x7ffff...0x7ffff

    /// Of ``classes``; decides before any time.
    var rank: Int16 = 0
    /// Milliseconds, of ``offsets``, that it counts as having come later.
    var offset: Int32 = 0

    /// As a number to compare with, of somebody who comes at a time in milliseconds.
    func urgency(at time: UInt64) -> Int64 { Int64(rank) << 44 + Int64(time) + Int64(offset) }
}

extension ClosedRange<Int64> {
    func clamp(_ value: Int64) -> Int64 { Swift.min(Swift.max(value, lowerBound), upperBound) }
}
