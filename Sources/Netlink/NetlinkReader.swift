/// Reads numbers and attributes out of bytes the kernel sent. Every access is checked: a short message reads as zeros
/// and no attributes, never past its end.
struct NetlinkReader {
    let bytes: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { self.bytes = bytes }

    /// The number at `offset` in the machine's byte order; 0 if the bytes end before.
    func number<Number: FixedWidthInteger>(_ offset: Int = 0, as type: Number.Type = Number.self) -> Number {
        let start = bytes.startIndex + offset
        let end = start + MemoryLayout<Number>.size
        guard offset >= 0, end <= bytes.endIndex else { return 0 }
        return bytes[start..<end].withUnsafeBytes { $0.loadUnaligned(as: Number.self) }
    }

    /// The text before the first NUL.
    var text: String { String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self) }

    /// The attributes from `offset` on, by type; of several with one type the last counts, as in the kernel.
    func attributes(from offset: Int) -> [UInt16: NetlinkReader] {
        var result: [UInt16: NetlinkReader] = [:]
        var rest = bytes.dropFirst(offset)
        while rest.count >= 4 {
            let reader = NetlinkReader(rest)
            let length = Int(reader.number(0, as: UInt16.self))
            guard length >= 4, length <= rest.count else { break }
            // The two high bits say "nested" and "network byte order".
            let type = reader.number(2, as: UInt16.self) & 0x3fff
            result[type] = NetlinkReader(rest.prefix(length).dropFirst(4))
            rest = rest.dropFirst((length + 3) & ~3)
        }
        return result
    }
}

/// One message of an answer, without its header.
struct NetlinkReply {
    var type: UInt16
    var payload: NetlinkReader
}

extension [UInt16: NetlinkReader] {
    /// The attribute `type`, whichever integer type the header gave its name.
    subscript(type: some BinaryInteger) -> NetlinkReader? { self[UInt16(truncatingIfNeeded: type)] }
}
