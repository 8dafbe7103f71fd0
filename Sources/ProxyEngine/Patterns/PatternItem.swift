/// A pattern as one method reads it. What the method does not use is zero.
struct PatternItem {
    enum Kind: UInt8 {
        case nothing
        case bytes
        /// ``low`` and ``high``; numbers as ``PatternProbe`` has them.
        case range
        case v4
        case v6
        /// IPv4: ``low`` is the address, ``high`` the mask.
        case masked
        case expression
    }

    let cell: UnsafeMutablePointer<PatternCell>
    var kind = Kind.nothing
    /// Of a network.
    var prefixLength: UInt8 = 0
    /// Its bucket's next one, plus one.
    var next: UInt32 = 0
    var hash: UInt64 = 0
    var bytes: UnsafePointer<UInt8>
    var count = 0
    var low: UInt128 = 0
    var high: UInt128 = 0
    var machine: UnsafePointer<PatternMachine>?
    /// Where the parts are, for ``MatchMethod/regm``.
    var places: UnsafePointer<PatternPlaces>?

    init(_ cell: UnsafeMutablePointer<PatternCell>, _ bytes: UnsafePointer<UInt8>) {
        self.cell = cell
        self.bytes = bytes
    }
}

/// What is looked for: a sample in the form that a method compares.
struct PatternProbe {
    /// Of texts.
    var bytes: UnsafeRawBufferPointer
    /// Of numbers, moved so that they are ordered as they are without a sign; of addresses as `IPAddress.number`.
    var number: UInt128 = 0
    /// 4 or 6 for addresses.
    var family: UInt8 = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    init(_ integer: Int64) {
        bytes = UnsafeRawBufferPointer(start: nil, count: 0)
        number = Self.moved(integer)
    }

    init(_ address: UInt128, family: UInt8) {
        bytes = UnsafeRawBufferPointer(start: nil, count: 0)
        (number, self.family) = (address, family)
    }

    static func moved(_ integer: Int64) -> UInt128 { UInt128(UInt64(bitPattern: integer) ^ 1 << 63) }

    /// The IPv4 address that an IPv6 address is another form of: `::ffff:192.0.2.1`, `::192.0.2.1` or 6to4.
    var embedded: UInt128? {
        if number >> 112 == 0x2002 { return number >> 80 & 0xffff_ffff }
        let front = number >> 32
        return front == 0 || front == 0xffff ? number & 0xffff_ffff : nil
    }
}
