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

    /// The messages of a ring, oldest first; nil if there is no such ring.
    public func messages(of ring: String) -> [[UInt8]]? {
        guard let memory = logBook.rings.last(where: { $0.ring.name == ring })?.memory else { return nil }
        var cursor = RingMemory.Cursor()
        return memory.pointee.read(from: &cursor, atMost: .max, isServer: false)
    }
}
