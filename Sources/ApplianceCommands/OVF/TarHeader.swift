/// The block before a member of a tar archive (ustar, POSIX.1-1988; sizes of 8 GiB and more as GNU tar writes them).
struct TarHeader {
    var name: String
    var size: Int
    /// Neither directory, link nor an extension of the format, which vSphere does not read.
    var isFile: Bool

    /// Whether the block's sum is right.
    static func isSound(_ block: [UInt8]) -> Bool {
        guard block.count == 512, let sum = octal(block[148..<156]) else { return false }
        let blanked = block.enumerated().reduce(0) { $0 + ((148..<156).contains($1.offset) ? 0x20 : Int($1.element)) }
        return sum == blanked
    }

    init?(_ block: [UInt8]) {
        let field = block[124..<136]
        var size: Int?
        if field.first == 0x80 {
            // Big-endian; more than 7 bytes of it are no size.
            size = field.dropFirst(5).reduce(0) { $0 << 8 | Int($1) }
        } else {
            size = Self.octal(field)
        }
        guard let size, size >= 0 else { return nil }
        self.size = size
        func text(_ field: ArraySlice<UInt8>) -> String { String(decoding: field.prefix { $0 != 0 }, as: UTF8.self) }
        let prefix = text(block[345..<500])
        let isUstar = block[257..<262].elementsEqual("ustar".utf8)
        name =
            isUstar && !prefix.isEmpty && block[263] == UInt8(ascii: "0")
            ? prefix + "/" + text(block[0..<100]) : text(block[0..<100])
        isFile = block[156] == UInt8(ascii: "0") || block[156] == 0
    }

    /// nil for what is not a number.
    private static func octal(_ field: ArraySlice<UInt8>) -> Int? {
        let digits = field.drop { $0 == 0x20 }.prefix { $0 != 0x20 && $0 != 0 }
        return digits.isEmpty ? nil : Int(String(decoding: digits, as: UTF8.self), radix: 8)
    }
}
