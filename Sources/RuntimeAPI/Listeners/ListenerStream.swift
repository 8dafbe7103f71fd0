/// What comes from the master over the connection of `listeners follow`, as bytes come: the whole list first, then what
/// changes. Each part ends with a line `-- <sequence>`, which is to be answered with ``ListenerVerdict``.
public struct ListenerStream: Sendable {
    /// One part.
    public struct Part: Hashable, Sendable {
        /// It is the whole list: what is not in it is not there.
        public var isWhole = false
        public var added: [ProxyListener] = []
        public var removed: [ProxyListener] = []
        public var sequence = 0

        public init() {}
    }

    /// The other end says something else: it is no master that tells of its listeners.
    public struct Malformed: Error, Hashable, Sendable {
        public var line: String
    }

    /// No line is as long.
    public static let longestLine = 8192

    private var rest: [UInt8] = []
    private var part: Part

    public init() {
        part = Part()
        part.isWhole = true
    }

    /// Takes what has come; gives the parts that are complete.
    public mutating func take(_ bytes: some Collection<UInt8>) throws(Malformed) -> [Part] {
        rest += bytes
        var parts: [Part] = []
        var start = rest.startIndex
        while let end = rest[start...].firstIndex(of: UInt8(ascii: "\n")) {
            if let complete = try take(line: String(decoding: rest[start..<end], as: UTF8.self)) {
                parts.append(complete)
            }
            start = end + 1
        }
        rest.removeFirst(start)
        if rest.count > Self.longestLine { throw Malformed(line: "a line without an end") }
        return parts
    }

    private mutating func take(line: String) throws(Malformed) -> Part? {
        if line.hasPrefix("-- "), let sequence = Int(line.dropFirst(3)) {
            part.sequence = sequence
            defer { part = Part() }
            return part
        }
        switch line.first {
        case "+": if let listener = ProxyListener(line: line.dropFirst()) { part.added.append(listener) }
        case "-": if let listener = ProxyListener(line: line.dropFirst()) { part.removed.append(listener) }
        default:
            guard let listener = ProxyListener(line: line) else { throw Malformed(line: String(line.prefix(200))) }
            part.added.append(listener)
        }
        return nil
    }
}
