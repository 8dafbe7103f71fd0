/// Reads numbers and attributes out of bytes the kernel sent. Every access is checked: a short message reads as zeros
/// and no attributes, never past its end.
package struct NetlinkReader {
    package let bytes: ArraySlice<UInt8>

    package init(_ bytes: ArraySlice<UInt8>) { self.bytes = bytes }

    /// The number at `offset` in the machine's byte order; 0 if the bytes end before.
    package func number<Number: FixedWidthInteger>(_ offset: Int = 0, as type: Number.Type = Number.self) -> Number {
        guard offset >= 0, offset + MemoryLayout<Number>.size <= bytes.count else { return 0 }
        return bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: Number.self) }
    }

    /// The text before the first NUL.
    package var text: String { String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self) }

    /// The attributes from `offset` on.
    package func attributes(from offset: Int) -> NetlinkAttributes { NetlinkAttributes(bytes.dropFirst(offset)) }
}

/// One message of an answer, without its header.
package struct NetlinkReply {
    package var type: UInt16
    package var payload: NetlinkReader
}
