/// Messages of HAProxy's peers protocol 2.1: a class, a type and, from type 128 on, a length and a body.
enum PeerMessage {
    static let hello = "HAProxyS 2.1"

    enum Class {
        static let control: UInt8 = 0
        static let error: UInt8 = 1
        static let table: UInt8 = 10
    }

    enum Control {
        static let resyncRequest: UInt8 = 0
        static let resyncFinished: UInt8 = 1
        /// All that is known was told, by one who may not know all.
        static let resyncPartial: UInt8 = 2
        static let resyncConfirm: UInt8 = 3
        static let heartbeat: UInt8 = 4
    }

    enum Table {
        static let update: UInt8 = 0x80
        static let incremental: UInt8 = 0x81
        static let define: UInt8 = 0x82
        static let change: UInt8 = 0x83
        static let acknowledge: UInt8 = 0x84
        static let timedUpdate: UInt8 = 0x85
        static let timedIncremental: UInt8 = 0x86
    }

    /// The first line of an answer to a hello.
    enum Status: Int {
        case success = 200
        case tryAgain = 300
        case wrongProtocol = 501
        case wrongVersion = 502
        case wrongHost = 503
        case unknownPeer = 504
    }

    /// Longer ones are HAProxy's no more: its buffers have this size.
    static let longest = 16384
}

/// Writes bodies of messages.
struct PeerWriter {
    var bytes: [UInt8] = []

    /// A number in as few bytes as it takes: up to 239 in one, then four bits more of it in the first and seven in each other.
    mutating func number(_ value: UInt64) {
        guard value >= 240 else { return bytes.append(UInt8(value)) }
        bytes.append(UInt8(truncatingIfNeeded: value) | 240)
        var rest = (value - 240) >> 4
        while rest >= 128 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 128)
            rest = (rest - 128) >> 7
        }
        bytes.append(UInt8(rest))
    }

    mutating func word(_ value: UInt32) { withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) } }

    mutating func text(_ text: some Collection<UInt8>) {
        number(UInt64(text.count))
        bytes.append(contentsOf: text)
    }

    /// Adds a message of a table.
    mutating func message(_ type: UInt8, _ body: PeerWriter) {
        bytes += [PeerMessage.Class.table, type]
        text(body.bytes)
    }
}

/// Reads bodies of messages; everything gives nil where they are too short.
struct PeerReader {
    private let bytes: ArraySlice<UInt8>
    private var position: Int

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    var consumed: Int { position - bytes.startIndex }

    mutating func byte() -> UInt8? {
        guard position < bytes.endIndex else { return nil }
        position += 1
        return bytes[position - 1]
    }

    mutating func number() -> UInt64? {
        guard let first = byte() else { return nil }
        var value = UInt64(first)
        if first < 240 { return value }
        var shift: UInt64 = 4
        while shift < 64 {
            guard let next = byte() else { return nil }
            value &+= UInt64(next) << shift
            if next < 128 { return value }
            shift += 7
        }
        return nil
    }

    mutating func word() -> UInt32? {
        guard let part = take(4) else { return nil }
        return part.reduce(0) { $0 << 8 | UInt32($1) }
    }

    mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
        guard count >= 0, bytes.endIndex - position >= count else { return nil }
        position += count
        return bytes[position - count..<position]
    }

    mutating func text() -> ArraySlice<UInt8>? {
        guard let count = number(), count <= UInt64(PeerMessage.longest) else { return nil }
        return take(Int(count))
    }
}
