internal import Addresses

/// Questions for addresses and their answers (RFC 1035, RFC 3596), with EDNS0's payload size (RFC 6891).
enum DNSMessage {
    enum Kind: UInt16, Hashable, Sendable {
        case a = 1
        case aaaa = 28

        var other: Kind { self == .a ? .aaaa : .a }
    }

    /// What a name server says.
    struct Answer: Hashable, Sendable {
        enum Outcome: Hashable, Sendable {
            case addresses([IPAddress])
            /// The name does not exist, or has no address of this kind.
            case missing
            case refused
            case other
        }

        var id: UInt16
        var kind: Kind
        var outcome: Outcome
        /// The name exists, without an address of this kind.
        var isEmpty = false
        /// To be asked again by TCP.
        var isTruncated = false
    }

    /// The bytes of a question; nil if the name cannot be asked for.
    static func question(_ name: String, _ kind: Kind, id: UInt16, payloadSize: Int) -> [UInt8]? {
        guard let encoded = encode(name) else { return nil }
        var bytes = big(id) + [0x01, 0x00, 0, 1, 0, 0, 0, 0, 0, 1]
        bytes += encoded + big(kind.rawValue) + [0, 1]
        return bytes + [0, 0, 41] + big(UInt16(clamping: payloadSize)) + [0, 0, 0, 0, 0, 0]
    }

    private static func encode(_ name: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        let labels = name.split(separator: ".", omittingEmptySubsequences: true)
        guard !labels.isEmpty else { return nil }
        for label in labels {
            guard (1...63).contains(label.utf8.count) else { return nil }
            bytes.append(UInt8(label.utf8.count))
            bytes += label.utf8
        }
        bytes.append(0)
        return bytes.count <= 255 ? bytes : nil
    }

    private static func big(_ value: UInt16) -> [UInt8] { [UInt8(value >> 8), UInt8(truncatingIfNeeded: value)] }

    /// Reads an answer to a question for `name`; nil for anything else.
    static func answer(_ bytes: [UInt8], to name: String) -> Answer? {
        var reader = Reader(bytes: bytes)
        guard let id = reader.number(), let flags = reader.number(), flags & 0x8000 != 0,
            let questions = reader.number(),
            let answers = reader.number(), reader.number() != nil, reader.number() != nil, questions == 1,
            let asked = reader.name(), asked == canonical(name), let raw = reader.number(),
            let kind = Kind(rawValue: raw),
            reader.number() == 1
        else { return nil }
        var result = Answer(id: id, kind: kind, outcome: .missing)
        result.isTruncated = flags & 0x0200 != 0
        switch flags & 15 {
        case 0: break
        case 3: return result
        case 5:
            result.outcome = .refused
            return result
        default:
            result.outcome = .other
            return result
        }
        var owner = asked
        var addresses: [IPAddress] = []
        for _ in 0..<answers {
            guard let place = reader.name(), let type = reader.number(), let classCode = reader.number(),
                reader.skip(4), let length = reader.number()
            else { return malformed(result) }
            let end = reader.position + Int(length)
            guard end <= bytes.count else { return malformed(result) }
            if classCode == 1, place == owner {
                if type == 5 {
                    guard let target = reader.name() else { return malformed(result) }
                    owner = target
                } else if type == kind.rawValue {
                    let data = bytes[reader.position..<end]
                    guard data.count == (kind == .a ? 4 : 16) else { return malformed(result) }
                    let number = data.reduce(UInt128(0)) { $0 << 8 | UInt128($1) }
                    addresses.append(IPAddress(family: kind == .a ? .v4 : .v6, number: number))
                }
            }
            reader.position = end
        }
        result.isEmpty = addresses.isEmpty
        if !addresses.isEmpty { result.outcome = .addresses(addresses) }
        return result
    }

    private static func malformed(_ answer: Answer) -> Answer {
        var result = answer
        if !result.isTruncated { result.outcome = .other }
        return result
    }

    /// Lower case, without the final full stop.
    private static func canonical(_ name: String) -> String {
        name.lowercased().split(separator: ".").joined(separator: ".")
    }

    private struct Reader {
        let bytes: [UInt8]
        var position = 0

        mutating func number() -> UInt16? {
            guard position + 2 <= bytes.count else { return nil }
            defer { position += 2 }
            return UInt16(bytes[position]) << 8 | UInt16(bytes[position + 1])
        }

        mutating func skip(_ count: Int) -> Bool {
            position += count
            return position <= bytes.count
        }

        /// A name, with its pointers to earlier ones; each must point further back, so that no message goes in circles.
        mutating func name() -> String? {
            var labels: [String] = []
            var place = position
            var least = position
            var hasJumped = false
            var total = 0
            while place < bytes.count {
                let length = Int(bytes[place])
                if length & 0xc0 == 0xc0 {
                    guard place + 1 < bytes.count else { return nil }
                    let target = (length & 0x3f) << 8 | Int(bytes[place + 1])
                    guard target < least else { return nil }
                    if !hasJumped { position = place + 2 }
                    hasJumped = true
                    (place, least) = (target, target)
                    continue
                }
                guard length & 0xc0 == 0 else { return nil }
                if length == 0 {
                    if !hasJumped { position = place + 1 }
                    return labels.joined(separator: ".")
                }
                total += length + 1
                guard place + 1 + length <= bytes.count, total <= 255 else { return nil }
                labels.append(String(decoding: bytes[(place + 1)..<(place + 1 + length)], as: UTF8.self).lowercased())
                place += length + 1
            }
            return nil
        }
    }
}
