internal import Addresses

/// A question to a name server, and what its answer says (RFC 1035, section 4).
struct DNSQuery {
    enum Kind: UInt16 {
        case a = 1
        case ns = 2
        case aaaa = 28
    }

    let id: UInt16
    let bytes: [UInt8]

    /// - Parameter name: Without a dot at its end; empty for the root.
    init(_ name: String, _ kind: Kind, id: UInt16 = .random(in: 0 ... .max)) {
        self.id = id
        func pair(_ number: UInt16) -> [UInt8] { [UInt8(number >> 8), UInt8(truncatingIfNeeded: number)] }
        // Recursion desired; one question.
        var bytes = pair(id) + [1, 0] + pair(1) + pair(0) + pair(0) + pair(0)
        for label in name.split(separator: ".") { bytes += [UInt8(min(63, label.utf8.count))] + label.utf8.prefix(63) }
        self.bytes = bytes + [0] + pair(kind.rawValue) + pair(1)
    }

    /// Whether a datagram is the answer to this question.
    func isAnswered(by datagram: [UInt8]) -> Bool {
        datagram.count >= 12 && UInt16(datagram[0]) << 8 | UInt16(datagram[1]) == id && datagram[2] & 0x80 != 0
    }

    /// Names of RCODE.
    static func result(_ answer: [UInt8]) -> String {
        let names = ["NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED"]
        let code = Int(answer[3] & 0xF)
        return names.indices.contains(code) ? names[code] : "RCODE \(code)"
    }

    /// The addresses in an answer; none where it ends too early.
    static func addresses(_ answer: [UInt8]) -> [IPAddress] {
        var reader = Reader(bytes: answer, offset: 4)
        guard let questions = reader.pair(), let answers = reader.pair() else { return [] }
        reader.offset = 12
        for _ in 0..<questions {
            guard reader.skipName(), reader.pair() != nil, reader.pair() != nil else { return [] }
        }
        var addresses: [IPAddress] = []
        for _ in 0..<answers {
            guard reader.skipName(), let kind = reader.pair(), reader.pair() != nil, reader.pair() != nil,
                reader.pair() != nil, let length = reader.pair(), let data = reader.take(Int(length))
            else { return addresses }
            if kind == Kind.a.rawValue || kind == Kind.aaaa.rawValue, let address = IPAddress(bytes: data) {
                addresses.append(address)
            }
        }
        return addresses
    }

    private struct Reader {
        let bytes: [UInt8]
        var offset: Int

        mutating func pair() -> UInt16? {
            take(2).map { UInt16($0[$0.startIndex]) << 8 | UInt16($0[$0.startIndex + 1]) }
        }

        mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
            guard offset + count <= bytes.count else { return nil }
            defer { offset += count }
            return bytes[offset..<offset + count]
        }

        mutating func skipName() -> Bool {
            while let length = take(1)?.first {
                if length == 0 { return true }
                // A pointer ends a name.
                if length & 0xC0 == 0xC0 { return take(1) != nil }
                guard length < 64, take(Int(length)) != nil else { return false }
            }
            return false
        }
    }
}
