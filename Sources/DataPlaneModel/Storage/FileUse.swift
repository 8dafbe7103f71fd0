internal import ProxyConfig

/// Where haproxy.cfg speaks of a file.
enum FileUse {
    /// The first line that names the file: by its path anywhere in a word, by its directory as a word where all files of
    /// one are loaded (`crt /etc/haproxy/ssl/`), or by its bare name where `crt-base` or `ca-base` is its directory.
    static func line(of path: String, in file: ConfigurationFile) -> String? {
        let slash = path.lastIndex(of: "/") ?? path.startIndex
        let directory = String(path[..<slash])
        let name = String(path[slash...].dropFirst())
        let lines = file.sections.lazy.flatMap { $0.lines }
        let isBase = lines.contains { line in
            line.words.count > 1 && ["crt-base", "ca-base"].contains(line.words[0])
                && [directory, directory + "/"].contains(line.words[1])
        }
        return lines.first { line in
            guard let keyword = line.words.first, keyword != "crt-base", keyword != "ca-base" else { return false }
            return line.words.dropFirst().contains { word in
                names(word, path) || (isBase && word == name) || word == directory || word == directory + "/"
            }
        }.map { $0.words.joined(separator: " ") }
    }

    /// Whether the word holds the path, and not just the beginning of a longer one.
    private static func names(_ word: String, _ path: String) -> Bool {
        var rest = word.utf8[...]
        let wanted = Array(path.utf8)
        guard rest.count >= wanted.count else { return false }
        while let start = rest.firstIndex(of: UInt8(ascii: "/")) {
            rest = rest[start...]
            if rest.starts(with: wanted) {
                let next = rest.dropFirst(wanted.count).first
                if next.map({ !isNameByte($0) }) ?? true { return true }
            }
            rest = rest.dropFirst()
        }
        return false
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
            UInt8(ascii: "/"):
            true
        default: false
        }
    }
}
