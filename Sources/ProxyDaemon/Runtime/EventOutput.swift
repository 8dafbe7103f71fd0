internal import ProxyEngine
internal import Syscalls

/// What `show events` says of a ring, part by part as a client reads it; with `-w` what comes later, too.
struct EventOutput {
    /// About how many bytes of messages are asked for at a time.
    static let enough = 65536

    /// Messages, a line each, and the place behind them.
    struct Part {
        var next: UInt64
        var text: [UInt8] = []
        /// False: there is no such ring.
        var isThere = true

        init(_ answer: (messages: [[UInt8]], next: UInt64)?) {
            next = answer?.next ?? 0
            isThere = answer != nil
            for message in answer?.messages ?? [] {
                text += message
                text.append(UInt8(ascii: "\n"))
            }
        }

        func encoded() -> [UInt8] { isThere ? EngineQuestion.bytes(next) + text : [] }

        init?(encoded bytes: [UInt8]) {
            guard let number = try? EngineQuestion.number(bytes) else { return nil }
            next = number
            text = Array(bytes.dropFirst(8))
        }
    }

    private let ring: String
    private let host: any RuntimeHost
    private var place: UInt64
    /// Where it ends; nil: it waits for more.
    private var end: UInt64?
    private(set) var waits: Bool
    /// The end when it began.
    private let begun: UInt64

    /// nil: there is no such ring.
    ///
    /// - Parameters:
    ///   - isNew: What the ring has already is left out (`-n`).
    ///   - waits: What comes later is said, too (`-w`).
    init?(_ ring: String, isNew: Bool, waits: Bool, _ host: any RuntimeHost) throws(SystemError) {
        (self.ring, self.host, self.waits) = (ring, host, waits)
        guard let part = Part(encoded: try host.ask(.messages(ring: ring, from: .max))) else { return nil }
        place = isNew ? part.next : 0
        begun = part.next
        end = waits ? nil : begun
    }

    /// Ends with what the ring has now.
    mutating func waitNoMore() { (waits, end) = (false, begun) }

    /// The next part; nil: there is none now.
    mutating func next() throws(SystemError) -> [UInt8]? {
        if let end, place >= end { return nil }
        guard let part = Part(encoded: try host.ask(.messages(ring: ring, from: place))) else {
            // A change has taken the ring away.
            waits = false
            return nil
        }
        place = part.next
        return part.text.isEmpty ? nil : part.text
    }
}
