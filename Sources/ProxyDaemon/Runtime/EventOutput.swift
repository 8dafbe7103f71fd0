internal import ProxyEngine
internal import Syscalls

/// What `show events` says of a ring, part by part as a client reads it; with `-w` what comes later, too.
struct EventOutput {
    /// About how many bytes of messages are asked for at a time.
    static let enough = 65536

    /// Messages, a line each, and the place behind them.
    struct Part {
        var next: RingPlace
        var text: [UInt8] = []
        /// False: there is no such ring.
        var isThere = true

        init(_ answer: (messages: [[UInt8]], next: RingPlace)?) {
            next = answer?.next ?? .oldest
            isThere = answer != nil
            for message in answer?.messages ?? [] {
                text += message
                text.append(UInt8(ascii: "\n"))
            }
        }

        func encoded() -> [UInt8] { isThere ? EngineQuestion.bytes(next) + text : [] }

        init?(encoded bytes: [UInt8]) {
            guard let place = try? EngineQuestion.place(bytes) else { return nil }
            next = place
            text = Array(bytes.dropFirst(16))
        }
    }

    private let ring: String
    private let host: any RuntimeHost
    private var place: RingPlace
    /// Where it ends; nil: it waits for more.
    private var end: RingPlace?
    private(set) var waits: Bool
    /// The end when it began.
    private let begun: RingPlace

    /// nil: there is no such ring.
    ///
    /// - Parameters:
    ///   - isNew: What the ring has already is left out (`-n`).
    ///   - waits: What comes later is said, too (`-w`).
    init?(_ ring: String, isNew: Bool, waits: Bool, _ host: any RuntimeHost) throws(SystemError) {
        (self.ring, self.host, self.waits) = (ring, host, waits)
        guard let part = Part(encoded: try host.ask(.messages(ring: ring, from: .newest))) else { return nil }
        place = isNew ? part.next : .oldest
        begun = part.next
        end = waits ? nil : begun
    }

    /// Ends with what the ring has now.
    mutating func waitNoMore() { (waits, end) = (false, begun) }

    /// The next part; nil: there is none now.
    mutating func next() throws(SystemError) -> [UInt8]? {
        if let end, place.offset >= end.offset { return nil }
        guard let part = Part(encoded: try host.ask(.messages(ring: ring, from: place))) else {
            // A change has taken the ring away.
            waits = false
            return nil
        }
        place = part.next
        if let end, place.ring != end.ring {
            // Another ring has the name now: what it has was not asked for.
            self.end = place
            return nil
        }
        return part.text.isEmpty ? nil : part.text
    }
}
