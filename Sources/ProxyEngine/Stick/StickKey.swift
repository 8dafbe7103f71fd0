internal import Glibc

/// The key of an entry as bytes in a place of fixed size: that of an address or a number is never longer.
struct StickKey: Equatable {
    static let longest = 48

    private var words: (UInt128, UInt128, UInt128) = (0, 0, 0)
    private(set) var count: UInt8 = 0

    init() {}

    static func == (a: Self, b: Self) -> Bool {
        a.count == b.count && a.words.0 == b.words.0 && a.words.1 == b.words.1 && a.words.2 == b.words.2
    }

    mutating func append(_ byte: UInt8) {
        guard count < UInt8(Self.longest) else { return }
        let place = Int(count)
        withUnsafeMutableBytes(of: &words) { $0[place] = byte }
        count += 1
    }

    mutating func append(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.bigEndian) { for byte in $0 { append(byte) } }
    }

    /// The address or number in the form of a table; nil where it has none there, such as IPv6 in a table of IPv4.
    ///
    /// - Parameters:
    ///   - party: Family 0 is a number.
    ///   - length: Of strings and binary keys.
    init?(_ party: Party, for kind: StickTable.Kind, length: UInt16) {
        let isMapped = party.family == 6 && party.number >> 32 == 0xffff
        let v4 = UInt32(truncatingIfNeeded: party.number)
        switch kind {
        case .v4, .integer:
            // An IPv6 address is IPv4 only where it is a mapped one, and never a number.
            guard party.family != 6 || (isMapped && kind == .v4) else { return nil }
            append(v4)
        case .v6: append(party.family == 6 ? party.number : party.mapped)
        case .binary:
            if party.family == 6 { append(party.number) } else { append(v4) }
            cut(to: length)
        case .string:
            appendText(party)
            // The last one is a NUL to HAProxy.
            cut(to: max(1, length) - 1)
        }
    }

    /// A constant; nil for a table whose keys are not text.
    init?(_ text: [UInt8], for kind: StickTable.Kind, length: UInt16) {
        guard kind == .string || kind == .binary else { return nil }
        for byte in text.prefix(Self.longest) { append(byte) }
        cut(to: kind == .string ? max(1, length) - 1 : length)
    }

    private mutating func cut(to length: UInt16) {
        guard Int(count) > Int(length) else { return }
        let bytes = UInt8(length)
        withUnsafeMutableBytes(of: &words) { room in
            for place in Int(bytes)..<Self.longest { room[place] = 0 }
        }
        count = bytes
    }

    private mutating func appendText(_ party: Party) {
        let used: Int = withUnsafeMutableBytes(of: &words) { room in
            guard let base = room.baseAddress else { return 0 }
            let text = base.assumingMemoryBound(to: CChar.self)
            switch party.family {
            case 4:
                var network = UInt32(truncatingIfNeeded: party.number).bigEndian
                _ = inet_ntop(AF_INET, &network, text, 48)
            case 6:
                var network = party.number.bigEndian
                _ = inet_ntop(AF_INET6, &network, text, 48)
            default: Self.decimal(UInt32(truncatingIfNeeded: party.number), room)
            }
            let used = strlen(text)
            for place in used..<Self.longest { room[place] = 0 }
            return used
        }
        count = UInt8(used)
    }

    private static func decimal(_ value: UInt32, _ room: UnsafeMutableRawBufferPointer) {
        var divisor: UInt32 = 1
        var place = 0
        while value / divisor >= 10 { divisor *= 10 }
        while divisor > 0 {
            room[place] = 48 + UInt8(value / divisor % 10)
            divisor /= 10
            place += 1
        }
    }

    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        withUnsafeBytes(of: words) { body(UnsafeRawBufferPointer(rebasing: $0[..<Int(count)])) }
    }

    static func hash(_ key: UnsafeRawBufferPointer, _ seed: UInt64) -> UInt64 {
        var state = seed ^ UInt64(key.count)
        var place = 0
        while place + 8 <= key.count {
            state = mixed(state ^ key.loadUnaligned(fromByteOffset: place, as: UInt64.self))
            place += 8
        }
        var rest: UInt64 = 0
        while place < key.count {
            rest = rest << 8 | UInt64(key[place])
            place += 1
        }
        return mixed(state ^ rest)
    }

    private static func mixed(_ value: UInt64) -> UInt64 {
        var value = (value ^ value >> 33) &* 0xff51_afd7_ed55_8ccd
        value = (value ^ value >> 33) &* 0xc4ce_b9fe_1a85_ec53
        return value ^ value >> 33
    }
}
