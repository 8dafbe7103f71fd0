/// An IPv4 or IPv6 address, as a number.
///
/// Text follows RFC 4291 and RFC 5952 (lower case, longest run of zeros shortened); IPv4 is strictly four decimal
/// octets without leading zeros, because `010` means 8 to some programs and 10 to others.
public struct IPAddress: Hashable, Sendable {
    public enum Family: UInt8, Sendable, Hashable, CaseIterable, Codable {
        case v4 = 2
        case v6 = 10

        /// Bits of an address: 32 or 128.
        public var bits: Int { self == .v4 ? 32 : 128 }
        /// Bytes of an address: 4 or 16.
        public var byteCount: Int { bits / 8 }
    }

    public let family: Family
    /// The address as a number; an IPv4 address in the low 32 bits.
    public let number: UInt128

    public init(family: Family, number: UInt128) {
        self.family = family
        self.number = family == .v4 ? number & 0xffff_ffff : number
    }

    /// Folds the number: tables of routes are looked up by address, thousands of times.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(UInt64(truncatingIfNeeded: number ^ number >> 64))
    }

    public init(v4 number: UInt32) { self.init(family: .v4, number: UInt128(number)) }

    /// From 4 or 16 bytes in network order; nil for any other count.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 4 || bytes.count == 16 else { return nil }
        self.init(
            family: bytes.count == 4 ? .v4 : .v6,
            number: bytes.reduce(UInt128(0)) { $0 << 8 | UInt128($1) }
        )
    }

    /// The address in network order, 4 or 16 bytes.
    public var bytes: [UInt8] {
        (0..<family.byteCount).map { UInt8(truncatingIfNeeded: number >> UInt128(8 * (family.byteCount - 1 - $0))) }
    }

    /// All zeros: `0.0.0.0`, `::`.
    public var isUnspecified: Bool { number == 0 }
    /// 127.0.0.0/8, `::1`.
    public var isLoopback: Bool { family == .v4 ? number >> 24 == 127 : number == 1 }
    /// 224.0.0.0/4, `ff00::/8`.
    public var isMulticast: Bool { family == .v4 ? number >> 28 == 0xe : number >> 120 == 0xff }
    /// 169.254.0.0/16, `fe80::/10`.
    public var isLinkLocal: Bool { family == .v4 ? number >> 16 == 0xa9fe : number >> 118 == 0x3fa }
}

extension IPAddress: Comparable {
    /// IPv4 before IPv6, then by number.
    public static func < (a: IPAddress, b: IPAddress) -> Bool {
        (a.family.rawValue, a.number) < (b.family.rawValue, b.number)
    }
}

extension IPAddress: LosslessStringConvertible {
    public init?(_ text: some StringProtocol) {
        if text.utf8.contains(UInt8(ascii: ":")) {
            guard let number = IPv6Text.parse(Substring(text)) else { return nil }
            self.init(family: .v6, number: number)
        } else {
            guard let number = Self.parseIPv4(Substring(text)) else { return nil }
            self.init(v4: number)
        }
    }

    public init?(_ description: String) { self.init(Substring(description)) }

    public var description: String {
        switch family {
        case .v4: Self.dotted(UInt32(truncatingIfNeeded: number))
        case .v6: IPv6Text.format(number)
        }
    }

    private static func dotted(_ number: UInt32) -> String {
        // No such address has more characters.
        String(unsafeUninitializedCapacity: 15) { write(number, to: $0) }
    }

    /// Writes an IPv4 address; gives how many characters it has. Statistics of thousands of servers are full of them, and a string
    /// for each octet takes five times as long.
    ///
    /// - Parameter buffer: Has room for 15.
    static func write(_ number: UInt32, to buffer: UnsafeMutableBufferPointer<UInt8>) -> Int {
        var end = 0
        for shift: UInt32 in [24, 16, 8, 0] {
            if shift < 24 {
                buffer[end] = UInt8(ascii: ".")
                end += 1
            }
            end += write(UInt16(number >> shift & 255), to: buffer, at: end)
        }
        return end
    }

    /// Writes a number in decimal; gives how many digits it has.
    static func write(_ number: UInt16, to buffer: UnsafeMutableBufferPointer<UInt8>, at start: Int) -> Int {
        let count = number > 9999 ? 5 : number > 999 ? 4 : number > 99 ? 3 : number > 9 ? 2 : 1
        var rest = number
        for place in stride(from: start + count - 1, through: start, by: -1) {
            buffer[place] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
        }
        return count
    }

    static func parseIPv4(_ text: Substring) -> UInt32? {
        var number: UInt32 = 0
        var octet: UInt32 = 0
        var digits = 0
        var dots = 0
        for byte in text.utf8 {
            if byte == UInt8(ascii: "."), digits > 0, dots < 3 {
                number = number << 8 | octet
                (octet, digits, dots) = (0, 0, dots + 1)
            } else {
                guard (48...57).contains(byte), digits == 0 || octet > 0 else { return nil }
                octet = octet * 10 + UInt32(byte - 48)
                digits += 1
                guard octet < 256 else { return nil }
            }
        }
        return dots == 3 && digits > 0 ? number << 8 | octet : nil
    }
}

/// A number written in plain decimal digits: no sign, no blanks.
func decimal(_ text: Substring, most: Int) -> Int? {
    guard !text.isEmpty, text.utf8.count <= 10, text.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
    guard let number = Int(text), number <= most else { return nil }
    return number
}
