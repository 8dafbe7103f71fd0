internal import Glibc

/// Writes PROXY headers as HAProxy does, byte for byte.
struct ProxyHeaderWriter {
    /// Longest header that is ever written: addresses, TLS, checksum, and a unique id of 128 bytes.
    /// Bytes of a unique id that HAProxy tells: one less than the specification lets pass.
    static let longestID = 127
    static let longest = 16 + 36 + 8 + 7 + 131

    private let bytes: UnsafeMutablePointer<UInt8>
    private(set) var count = 0

    /// - Parameter room: At least ``longest`` bytes.
    init(_ room: UnsafeMutablePointer<UInt8>) { bytes = room }

    /// - Parameters:
    ///   - isLocal: A connection of our own, such as a health check: version 2 says LOCAL.
    ///   - uniqueID: Sent where the options ask for it and it is not empty.
    mutating func write(
        _ options: ProxyHeaderOptions,
        from source: Party,
        to destination: Party,
        isLocal: Bool = false,
        uniqueID: UnsafeBufferPointer<UInt8>? = nil
    ) {
        count = 0
        if options.version == 1 {
            writeLine(source, destination)
        } else {
            writeBinary(options, source, destination, isLocal, uniqueID)
        }
    }

    private mutating func writeLine(_ source: Party, _ destination: Party) {
        guard source.family != 0, destination.family != 0 else { return text("PROXY UNKNOWN\r\n") }
        let isV4 = source.family == 4 && destination.family == 4
        text(isV4 ? "PROXY TCP4 " : "PROXY TCP6 ")
        address(source, isV4)
        byte(UInt8(ascii: " "))
        address(destination, isV4)
        byte(UInt8(ascii: " "))
        decimal(source.port)
        byte(UInt8(ascii: " "))
        decimal(destination.port)
        text("\r\n")
    }

    private mutating func writeBinary(
        _ options: ProxyHeaderOptions,
        _ source: Party,
        _ destination: Party,
        _ isLocal: Bool,
        _ uniqueID: UnsafeBufferPointer<UInt8>?
    ) {
        text(ProxyHeaderReader.signature)
        let isKnown = !isLocal && source.family != 0 && destination.family != 0
        let isV4 = source.family == 4 && destination.family == 4
        byte(isKnown ? 0x21 : 0x20)
        byte(isKnown ? isV4 ? 0x11 : 0x21 : 0x00)
        let lengthAt = count
        big(UInt16(0))
        if isKnown {
            if isV4 {
                big(UInt32(truncatingIfNeeded: source.number))
                big(UInt32(truncatingIfNeeded: destination.number))
            } else {
                big(source.mapped)
                big(destination.mapped)
            }
            big(source.port)
            big(destination.port)
        }
        var checksumAt: Int?
        if options.checksum {
            addition(AdditionType.checksum, size: 4)
            checksumAt = count
            big(UInt32(0))
        }
        if options.uniqueID, let uniqueID, !uniqueID.isEmpty {
            let size = min(uniqueID.count, Self.longestID)
            addition(AdditionType.uniqueID, size: UInt16(size))
            for index in 0..<size { byte(uniqueID[index]) }
        }
        if options.tls {
            // The client spoke no TLS; nothing was verified.
            addition(AdditionType.tls, size: 5)
            byte(0)
            big(UInt32(0))
        }
        let length = UInt16(count - 16)
        bytes[lengthAt] = UInt8(length >> 8)
        bytes[lengthAt + 1] = UInt8(truncatingIfNeeded: length)
        guard let checksumAt else { return }
        let sum = CRC32C.checksum(UnsafeRawBufferPointer(start: bytes, count: count), zeroedAt: checksumAt)
        let end = count
        count = checksumAt
        big(sum)
        count = end
    }

    private mutating func addition(_ type: UInt8, size: UInt16) {
        byte(type)
        big(size)
    }

    private mutating func byte(_ value: UInt8) {
        bytes[count] = value
        count += 1
    }

    private mutating func big(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.bigEndian) { for byte in $0 { self.byte(byte) } }
    }

    private mutating func text(_ text: StaticString) {
        memcpy(bytes + count, text.utf8Start, text.utf8CodeUnitCount)
        count += text.utf8CodeUnitCount
    }

    private mutating func decimal(_ value: UInt16) {
        var divisor: UInt16 = 1
        while value / divisor >= 10 { divisor *= 10 }
        while divisor > 0 {
            byte(48 + UInt8(value / divisor % 10))
            divisor /= 10
        }
    }

    private mutating func address(_ party: Party, _ isV4: Bool) {
        let room = UnsafeMutableRawPointer(bytes + count).assumingMemoryBound(to: CChar.self)
        if isV4 {
            var network = UInt32(truncatingIfNeeded: party.number).bigEndian
            if inet_ntop(AF_INET, &network, room, 16) != nil { count += strlen(room) }
        } else {
            var network = party.mapped.bigEndian
            if inet_ntop(AF_INET6, &network, room, 46) != nil { count += strlen(room) }
        }
    }
}

extension Party {
    /// As an IPv6 address; IPv4 is mapped (`::ffff:192.0.2.1`).
    var mapped: UInt128 { family == 4 ? number | 0xffff << 32 : number }
}
