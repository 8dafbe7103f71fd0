internal import Glibc

/// Reads a PROXY header from the first bytes of a connection.
///
/// A pure function of the bytes so far. What it says of them holds for all that may follow: only
/// ``Reading/incomplete(wanted:)`` changes with more, and never for bytes of which no header can come.
enum ProxyHeaderReader {
    enum Reading: Equatable {
        /// Nothing can be said before there are `wanted` bytes in all.
        case incomplete(wanted: Int)
        case header(ProxyHeader)
        case refused(ProxyHeaderRefusal)
    }

    static func read(_ bytes: UnsafeRawBufferPointer) -> Reading {
        guard let first = bytes.first else { return .incomplete(wanted: 1) }
        if first == UInt8(ascii: "P") { return readLine(bytes) }
        guard matches(bytes, signature) else { return .refused(.notAHeader) }
        return bytes.count < signature.utf8CodeUnitCount ? .incomplete(wanted: 16) : readBinary(bytes)
    }

    /// HAProxy does not look at so few bytes for a reason to refuse them, unless they are a line of version 1.
    static func isTooShort(_ bytes: UnsafeRawBufferPointer) -> Bool {
        bytes.count < 16 && !(bytes.count >= 6 && matches(bytes, "PROXY "))
    }

    static let signature: StaticString = "\r\n\r\n\0\r\nQUIT\n"

    /// As many bytes as there are agree with `text`.
    static func matches(_ bytes: UnsafeRawBufferPointer, _ text: StaticString, at offset: Int = 0) -> Bool {
        let count = min(bytes.count - offset, text.utf8CodeUnitCount)
        guard count > 0, let base = bytes.baseAddress else { return true }
        return memcmp(base + offset, text.utf8Start, count) == 0
    }

    // MARK: - Version 1

    private static func readLine(_ bytes: UnsafeRawBufferPointer) -> Reading {
        guard matches(bytes, "PROXY ") else { return .refused(.notAHeader) }
        guard let end = lineEnd(bytes) else {
            if bytes.count >= ProxyHeader.longestLine { return .refused(.invalid) }
            return canBeLine(bytes) ? .incomplete(wanted: bytes.count + 1) : .refused(.unknownProtocol)
        }
        let length = end + 2
        guard length <= ProxyHeader.longestLine else { return .refused(.invalid) }
        if matches(bytes, "UNKNOWN", at: 6), end >= 13, end == 13 || bytes[13] == UInt8(ascii: " ") {
            return .header(ProxyHeader(length: length))
        }
        let family: UInt8
        if matches(bytes, "TCP4 ", at: 6), end >= 11 {
            family = 4
        } else if matches(bytes, "TCP6 ", at: 6), end >= 11 {
            family = 6
        } else {
            return .refused(.unknownProtocol)
        }
        var cursor = LineCursor(bytes: UnsafeRawBufferPointer(rebasing: bytes[..<end]), position: 11)
        guard let source = cursor.address(family), cursor.space(), let destination = cursor.address(family),
            cursor.space(), let sourcePort = cursor.port(), cursor.space(), let destinationPort = cursor.port(),
            cursor.isAtEnd
        else { return .refused(.invalid) }
        return .header(
            ProxyHeader(
                source: Party(number: source, port: sourcePort, family: family),
                destination: Party(number: destination, port: destinationPort, family: family),
                hasAddresses: true,
                length: length
            )
        )
    }

    /// Where the first CRLF begins, within the longest line.
    private static func lineEnd(_ bytes: UnsafeRawBufferPointer) -> Int? {
        var index = 0
        let last = min(bytes.count, ProxyHeader.longestLine)
        while index + 1 < last {
            if bytes[index] == UInt8(ascii: "\r"), bytes[index + 1] == UInt8(ascii: "\n") { return index }
            index += 1
        }
        return nil
    }

    /// A line without its end so far begins with one of the protocols.
    private static func canBeLine(_ bytes: UnsafeRawBufferPointer) -> Bool {
        bytes.count <= 6 || matches(bytes, "TCP4 ", at: 6) || matches(bytes, "TCP6 ", at: 6)
            || matches(bytes, "UNKNOWN", at: 6)
    }

    // MARK: - Version 2

    private static func readBinary(_ bytes: UnsafeRawBufferPointer) -> Reading {
        if bytes.count > 12 {
            // Version 2, LOCAL or PROXY.
            guard bytes[12] == 0x20 || bytes[12] == 0x21 else { return .refused(.invalid) }
        }
        guard bytes.count >= 16 else { return .incomplete(wanted: 16) }
        let length = 16 + Int(bytes[14]) << 8 + Int(bytes[15])
        guard bytes.count >= length else { return .incomplete(wanted: length) }
        let whole = UnsafeRawBufferPointer(rebasing: bytes[..<length])
        var header = ProxyHeader(length: length)
        let addresses: Int
        switch bytes[13] {
        case 0x11: addresses = 12
        case 0x21: addresses = 36
        case 0x31: addresses = 216
        default: addresses = 0
        }
        guard bytes[12] == 0x21 else { return .header(header) }
        guard length >= 16 + addresses else { return .refused(.invalid) }
        // Of what else there is, datagrams and families to come, nothing is known, not even where its additions begin.
        if addresses == 0, bytes[13] != 0 { return .header(header) }
        guard hasRightAdditions(whole, from: 16 + addresses) else { return .refused(.invalid) }
        header.hasAddresses = addresses > 0
        let size = bytes[13] == 0x11 ? 4 : 16
        if bytes[13] == 0x11 || bytes[13] == 0x21 {
            let family: UInt8 = size == 4 ? 4 : 6
            let ports = 16 + 2 * size
            header.source = Party(number: number(whole, 16, size), port: port(whole, ports), family: family)
            header.destination = Party(
                number: number(whole, 16 + size, size),
                port: port(whole, ports + 2),
                family: family
            )
        }
        return .header(header)
    }

    private static func number(_ bytes: UnsafeRawBufferPointer, _ offset: Int, _ size: Int) -> UInt128 {
        if size == 4 { return UInt128(UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))) }
        return UInt128(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt128.self))
    }

    private static func port(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> UInt16 {
        UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt16.self))
    }

    /// The additions (TLV: type, 16-bit length, value) fill the header to its end, and a checksum among them is right.
    private static func hasRightAdditions(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Bool {
        var position = start
        while position < bytes.count {
            guard bytes.count - position >= 3 else { return false }
            let type = bytes[position]
            let size = Int(bytes[position + 1]) << 8 + Int(bytes[position + 2])
            position += 3
            guard bytes.count - position >= size else { return false }
            switch type {
            case AdditionType.checksum:
                guard size == 4 else { return false }
                let claimed = UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt32.self))
                guard CRC32C.checksum(bytes, zeroedAt: position) == claimed else { return false }
            // The limits of HAProxy.
            case AdditionType.authority: guard size <= 255 else { return false }
            case AdditionType.uniqueID: guard size <= 128 else { return false }
            default: break
            }
            position += size
        }
        return true
    }
}

/// Types of additions to a header of version 2 (PP2_TYPE_…).
enum AdditionType {
    static let authority: UInt8 = 0x02
    static let checksum: UInt8 = 0x03
    static let uniqueID: UInt8 = 0x05
    static let tls: UInt8 = 0x20
}
