internal import ProxyEngine
internal import ProxyStatistics

/// Rows of `show stat` as CSV, of some sections at a time: those of thousands of services have millions of bytes.
struct StatisticsPart {
    let rows: [UInt8]
    /// The section with which the next part begins; nil after the last.
    let next: UInt32?

    /// About how many bytes a part has: so few that the threads that serve are kept from their cores for a fraction of a millisecond
    /// at a time, and enough that parts cost little beside their rows.
    private static let size = 1 << 17
    private static let none = UInt32.max

    init(_ engine: Engine, _ selection: StatisticsSelection, from start: UInt32, hasHeader: Bool) {
        var writer = StatisticsWriter(hasHeader: hasHeader)
        next = engine.statistics(selection, from: start) {
            writer.size >= Self.size
        } _: {
            writer.append($0)
        }
        rows = writer.finished()
    }

    func encoded() -> [UInt8] { rows + ByteOrder.bytes(next ?? Self.none) }

    /// - Throws: ``MalformedSnapshot`` for bytes that ``encoded()`` did not make.
    init(encoded bytes: [UInt8]) throws(MalformedSnapshot) {
        guard bytes.count >= 4 else { throw MalformedSnapshot() }
        let next = ByteOrder.number(bytes, at: bytes.count - 4)
        self.next = next == Self.none ? nil : next
        rows = Array(bytes.dropLast(4))
    }
}
