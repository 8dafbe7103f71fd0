/// The checksum of Castagnoli (RFC 3309), which a PROXY header of version 2 can carry.
enum CRC32C {
    /// Of all bytes, those of the checksum itself taken for zero.
    static func checksum(_ bytes: UnsafeRawBufferPointer, zeroedAt hole: Int) -> UInt32 {
        var state = UInt32.max
        for index in 0..<bytes.count {
            let byte = index >= hole && index < hole + 4 ? 0 : bytes[index]
            state = state >> 8 ^ Self.step(UInt8(truncatingIfNeeded: state) ^ byte)
        }
        return ~state
    }

    /// Bit by bit: headers are short, and few carry a checksum.
    private static func step(_ byte: UInt8) -> UInt32 {
        var value = UInt32(byte)
        for _ in 0..<8 { value = value & 1 == 0 ? value >> 1 : value >> 1 ^ 0x82f6_3b78 }
        return value
    }
}
