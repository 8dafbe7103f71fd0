internal import Glibc

// Samples as keys.
extension StickMemory {
    /// Calls `body` with the key that a sample is in this table; nil where it is none, such as IPv6 in a table of IPv4.
    func withKey<Result>(of sample: Sample, _ body: (UnsafeRawBufferPointer) -> Result) -> Result? {
        switch sample {
        case .address(let number, let family):
            return StickKey(Party(number: number, family: family), for: kind, length: length)?.withBytes(body)
        case .integer(let number): return withKey(of: number, body)
        case .boolean(let flag):
            guard kind == .integer || kind == .string else { return nil }
            return withKey(of: flag ? 1 : 0, body)
        case .string(let text): return withKey(ofText: text, body)
        case .binary(let bytes):
            switch kind {
            case .binary: return body(bytes)
            case .string: return body(Self.text(bytes))
            case .v4, .v6, .integer: return nil
            }
        }
    }

    private func withKey<Result>(of number: Int64, _ body: (UnsafeRawBufferPointer) -> Result) -> Result? {
        switch kind {
        case .string:
            return withUnsafeTemporaryAllocation(byteCount: 20, alignment: 1) { room in
                body(UnsafeRawBufferPointer(rebasing: room[Self.write(number, room)...]))
            }
        case .binary: return withUnsafeBytes(of: number.bigEndian) { body($0) }
        case .v4, .v6, .integer:
            let party = Party(number: UInt128(UInt32(truncatingIfNeeded: number)))
            return StickKey(party, for: kind, length: length)?.withBytes(body)
        }
    }

    private func withKey<Result>(
        ofText text: UnsafeRawBufferPointer,
        _ body: (UnsafeRawBufferPointer) -> Result
    ) -> Result? {
        switch kind {
        case .string: return body(Self.text(text))
        case .binary: return body(text)
        case .integer: return Self.number(text).flatMap { withKey(of: $0, body) }
        case .v4, .v6:
            var words: (UInt128, UInt128, UInt128) = (0, 0, 0)
            var party = Party()
            let isRead = withUnsafeMutableBytes(of: &words) { room in
                guard text.count < room.count else { return false }
                room.copyMemory(from: text)
                guard let start = room.baseAddress?.assumingMemoryBound(to: CChar.self) else { return false }
                var v4: UInt32 = 0
                var v6: UInt128 = 0
                if inet_pton(AF_INET, start, &v4) == 1 {
                    party = Party(number: UInt128(UInt32(bigEndian: v4)), family: 4)
                } else if inet_pton(AF_INET6, start, &v6) == 1 {
                    party = Party(number: UInt128(bigEndian: v6), family: 6)
                }
                return party.family != 0
            }
            return isRead ? StickKey(party, for: kind, length: length)?.withBytes(body) : nil
        }
    }

    /// As HAProxy's text: up to a NUL.
    private static func text(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: bytes[..<(bytes.firstIndex(of: 0) ?? bytes.count)])
    }

    /// Writes a number at the end of `room`; gives where it begins.
    private static func write(_ number: Int64, _ room: UnsafeMutableRawBufferPointer) -> Int {
        var rest = number.magnitude
        var place = room.count
        repeat {
            place -= 1
            room[place] = 48 + UInt8(rest % 10)
            rest /= 10
        } while rest > 0
        if number < 0 {
            place -= 1
            room[place] = UInt8(ascii: "-")
        }
        return place
    }

    /// The number that a text begins with.
    private static func number(_ text: UnsafeRawBufferPointer) -> Int64? {
        guard !text.isEmpty else { return nil }
        let isNegative = text[0] == UInt8(ascii: "-")
        var value: Int64 = 0
        for byte in text.dropFirst(isNegative || text[0] == UInt8(ascii: "+") ? 1 : 0) {
            guard (48...57).contains(byte) else { break }
            value = value &* 10 &+ Int64(byte - 48)
        }
        return isNegative ? 0 &- value : value
    }
}
