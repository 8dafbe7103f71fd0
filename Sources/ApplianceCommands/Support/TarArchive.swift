/// Files as one stream in the format ustar (POSIX.1-1988, pax(1)), which every tar(1) reads.
struct TarArchive {
    private(set) var bytes: [UInt8] = []
    /// Seconds since 1970, of every file.
    private let time: Int64

    private static let block = 512

    init(time: Int64) { self.time = time }

    /// Bytes that a file with so many takes.
    static func size(_ count: Int) -> Int { block + (count + block - 1) / block * block }

    /// - Parameter path: At most 100 bytes; longer ones are cut in front, where the directories are.
    mutating func add(_ path: String, _ content: [UInt8], mode: Int = 0o600) {
        var header = [UInt8](repeating: 0, count: Self.block)
        func put(_ text: String, at offset: Int, _ length: Int) {
            for (index, byte) in text.utf8.prefix(length).enumerated() { header[offset + index] = byte }
        }
        func octal(_ number: Int, _ digits: Int) -> String {
            let text = String(number, radix: 8)
            return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
        }
        put(path.utf8.count > 100 ? String(decoding: path.utf8.suffix(100), as: UTF8.self) : path, at: 0, 100)
        put(octal(mode, 7), at: 100, 7)
        put(octal(0, 7), at: 108, 7)
        put(octal(0, 7), at: 116, 7)
        put(octal(content.count, 11), at: 124, 11)
        put(octal(max(0, Int(time)), 11), at: 136, 11)
        put("        ", at: 148, 8)
        put("0", at: 156, 1)
        put("ustar", at: 257, 5)
        put("00", at: 263, 2)
        put("root", at: 265, 4)
        put("root", at: 297, 4)
        let sum = header.reduce(0) { $0 + Int($1) }
        put(octal(sum, 6), at: 148, 6)
        header[154] = 0
        bytes += header + content
        let rest = content.count % Self.block
        if rest > 0 { bytes += [UInt8](repeating: 0, count: Self.block - rest) }
    }

    /// With the two empty blocks that end it.
    var finished: [UInt8] { bytes + [UInt8](repeating: 0, count: 2 * Self.block) }
}
