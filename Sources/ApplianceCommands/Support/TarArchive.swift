/// Files as one stream in the format ustar (POSIX.1-1988), with an extended header (POSIX.1-2001, pax(1)) where a name does
/// not fit into it; every tar(1) reads both.
struct TarArchive {
    private(set) var bytes: [UInt8] = []
    /// Seconds since 1970, of every file.
    private let time: Int64

    private static let block = 512

    init(time: Int64) { self.time = time }

    /// Bytes that a file with such a name and so many bytes takes.
    static func size(_ path: String, _ count: Int) -> Int {
        let extended = split(path) == nil ? block + padded(extendedHeader(path).count) : 0
        return extended + block + padded(count)
    }

    mutating func add(_ path: String, _ content: [UInt8], mode: Int = 0o600) {
        let name: (directory: ArraySlice<UInt8>, last: ArraySlice<UInt8>)
        if let parts = Self.split(path) {
            name = parts
        } else {
            let extended = Self.extendedHeader(path)
            // Who does not know extended headers finds a file.
            put(([], Array("paxheader".utf8)[...]), extended, mode: mode, kind: "x")
            // What it says counts, not this.
            name = ([], Array(path.utf8).suffix(Self.longestName))
        }
        put(name, content, mode: mode, kind: "0")
    }

    /// In the fields of a header, which a slash stands between; nil if it does not fit.
    private static func split(_ path: String) -> (directory: ArraySlice<UInt8>, last: ArraySlice<UInt8>)? {
        let bytes = Array(path.utf8)
        if bytes.count <= longestName { return ([], bytes[...]) }
        let slash = bytes.indices.first { index in
            bytes[index] == UInt8(ascii: "/") && (1...longestDirectory).contains(index)
                && (1...longestName).contains(bytes.count - index - 1)
        }
        return slash.map { (bytes[..<$0], bytes[($0 + 1)...]) }
    }

    private static let longestName = 100
    private static let longestDirectory = 155

    /// `27 path=…`: the number counts the whole line, itself too.
    private static func extendedHeader(_ path: String) -> [UInt8] {
        let rest = " path=\(path)\n"
        var length = rest.utf8.count + 1
        while "\(length)".utf8.count + rest.utf8.count != length { length += 1 }
        return Array("\(length)\(rest)".utf8)
    }

    private static func padded(_ count: Int) -> Int { (count + block - 1) / block * block }

    private mutating func put(
        _ name: (directory: ArraySlice<UInt8>, last: ArraySlice<UInt8>),
        _ content: [UInt8],
        mode: Int,
        kind: String
    ) {
        var header = [UInt8](repeating: 0, count: Self.block)
        func put(_ text: some Sequence<UInt8>, at offset: Int) {
            for (index, byte) in text.enumerated() { header[offset + index] = byte }
        }
        func octal(_ number: Int, _ digits: Int) -> String.UTF8View {
            let text = String(number, radix: 8)
            return (String(repeating: "0", count: max(0, digits - text.utf8.count)) + text).utf8
        }
        put(name.last, at: 0)
        put(octal(mode, 7), at: 100)
        put(octal(0, 7), at: 108)
        put(octal(0, 7), at: 116)
        put(octal(content.count, 11), at: 124)
        put(octal(max(0, Int(time)), 11), at: 136)
        put("        ".utf8, at: 148)
        put(kind.utf8, at: 156)
        put("ustar".utf8, at: 257)
        put("00".utf8, at: 263)
        put("root".utf8, at: 265)
        put("root".utf8, at: 297)
        put(name.directory, at: 345)
        let sum = header.reduce(0) { $0 + Int($1) }
        put(octal(sum, 6), at: 148)
        header[154] = 0
        bytes += header + content
        bytes += [UInt8](repeating: 0, count: Self.padded(content.count) - content.count)
    }

    /// With the two empty blocks that end it.
    var finished: [UInt8] { bytes + [UInt8](repeating: 0, count: 2 * Self.block) }
}
