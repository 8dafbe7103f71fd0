internal import Glibc
import ProxyConfig

/// Bytes ⇄ text without loss: a byte that is not part of valid UTF-8, such as that of a comment in Latin-1, becomes a
/// private-use scalar of its own, as in Python's `surrogateescape`.
enum EscapedBytes {
    /// Scalar of byte 0. Scalars of this range that are in the bytes already are escaped byte by byte themselves.
    private static let base: UInt32 = 0x10_FE00
    private static let range = (base + 0x80)...(base + 0xFF)

    static func text(_ bytes: [UInt8]) -> String {
        if let text = String(validating: bytes, as: UTF8.self), !mayHaveEscapes(bytes) || !hasEscapes(text) {
            return text
        }
        var result = String.UnicodeScalarView()
        var parser = Unicode.UTF8.ForwardParser()
        var rest = bytes.makeIterator()
        var offset = 0
        while true {
            switch parser.parseScalar(from: &rest) {
            case .emptyInput: return String(result)
            case .valid(let encoded):
                let scalar = Unicode.UTF8.decode(encoded)
                if range.contains(scalar.value) {
                    result.append(contentsOf: encoded.map { escaped($0) })
                } else {
                    result.append(scalar)
                }
                offset += encoded.count
            case .error(let length):
                result.append(contentsOf: bytes[offset..<offset + length].map { escaped($0) })
                offset += length
            }
        }
    }

    static func bytes(_ file: ConfigurationFile) -> [UInt8] {
        let bytes = file.bytes
        return mayHaveEscapes(bytes) ? self.bytes(String(decoding: bytes, as: UTF8.self)) : bytes
    }

    static func bytes(_ text: String) -> [UInt8] {
        let plain = Array(text.utf8)
        guard mayHaveEscapes(plain), hasEscapes(text) else { return plain }
        var bytes: [UInt8] = []
        for scalar in text.unicodeScalars {
            if range.contains(scalar.value) {
                bytes.append(UInt8(scalar.value - base))
            } else {
                bytes += UTF8.encode(scalar).map { Array($0) } ?? []
            }
        }
        return bytes
    }

    private static func hasEscapes(_ text: String) -> Bool {
        text.unicodeScalars.contains { range.contains($0.value) }
    }

    /// Every scalar of the range begins with this byte, which most files do not hold.
    private static func mayHaveEscapes(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { $0.baseAddress.map { memchr($0, 0xF4, bytes.count) != nil } ?? false }
    }

    private static func escaped(_ byte: UInt8) -> Unicode.Scalar { Unicode.Scalar(base + UInt32(byte)) ?? "\u{FFFD}" }
}
