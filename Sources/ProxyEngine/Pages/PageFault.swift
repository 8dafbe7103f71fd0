internal import Addresses
internal import ProxyPages

/// A request with which something was wrong, as `show errors` tells it.
struct PageFault: Sendable {
    /// Counted from 0 on.
    var event: UInt32
    /// Milliseconds of the wall clock.
    var at: UInt64
    /// nil: it came over a unix socket.
    var source: Endpoint?
    var fault: HTTPFault

    /// Behind the name of the frontend.
    var text: String {
        let source = source.map { "\($0.address):\($0.port)" } ?? "unix:1"
        return "  backend <NONE> (#-1), server <NONE> (#-1), event #\(event), src \(source)\n" + fault.text()
    }
}

/// What was wrong with requests: the last one of each frontend.
public struct PageFaultReport: Sendable {
    public struct Event: Sendable {
        public var frontend: String
        /// Milliseconds of the wall clock.
        public var at: UInt64
        /// HAProxy's words, from the second line on.
        public var text: String
    }

    /// Since the process began.
    public var total: UInt32
    public var events: [Event]

    public func encoded() -> [UInt8] {
        var writer = ByteWriter()
        writer.number(total)
        writer.list(events) {
            $0.string($1.frontend)
            $0.number($1.at)
            $0.string($1.text)
        }
        return writer.bytes
    }

    /// - Throws: ``MalformedSnapshot`` for bytes that ``encoded()`` did not make.
    public init(encoded bytes: [UInt8]) throws(MalformedSnapshot) {
        var reader = ByteReader(bytes)
        total = try reader.number()
        events = try reader.list { (reader) throws(MalformedSnapshot) in
            Event(frontend: try reader.string(), at: try reader.number(), text: try reader.string())
        }
    }

    init(total: UInt32, events: [Event]) {
        (self.total, self.events) = (total, events)
    }
}

extension Engine {
    public var pageFaults: PageFaultReport {
        let events = plan.frontends.compactMap { frontend in
            frontend.pages?.counters.fault.map {
                PageFaultReport.Event(frontend: frontend.name, at: $0.at, text: $0.text)
            }
        }
        return PageFaultReport(total: pages?.faults ?? 0, events: events)
    }
}
