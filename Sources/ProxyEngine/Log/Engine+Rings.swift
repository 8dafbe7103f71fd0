/// A ring as `show events` lists it.
public struct RingReport: Hashable, Sendable {
    public var name: String
    public var description: String
    /// Messages that had gone before a server took them.
    public var dropped: UInt32
}

extension Engine {
    /// Those that `log` lines have named, the last of each name.
    public var rings: [RingReport] {
        var reports: [RingReport] = []
        for (ring, memory) in logBook.rings {
            let report = RingReport(name: ring.name, description: ring.description, dropped: memory.pointee.dropped)
            if let index = reports.firstIndex(where: { $0.name == ring.name }) {
                reports[index] = report
            } else {
                reports.append(report)
            }
        }
        return reports
    }

    /// Messages of a ring, oldest first, and the place behind them; nil if there is no such ring.
    ///
    /// - Parameters:
    ///   - place: Where they begin: that of an earlier answer, the oldest, or behind all there are.
    ///   - most: About how many bytes are enough.
    public func messages(
        of ring: String,
        from place: RingPlace = .oldest,
        atMost most: Int = .max
    ) -> (messages: [[UInt8]], next: RingPlace)? {
        logBook.rings.last { $0.ring.name == ring }?.memory.pointee.read(from: place, atMost: most)
    }
}
