/// An entry of a stick table.
public struct StickTableEntry: Sendable, Hashable {
    public var id: String
    public var key: String
    /// What is counted, and `use` and `exp`, by name without the period: `conn_rate`.
    public var values: [String: Int]

    /// `0x5606: key=127.0.0.1 use=1 exp=1797708 conn_rate(10000)=1`
    init?(_ line: Substring) {
        let words = Self.words(line)
        guard let first = words.first, first.hasPrefix("0x"), first.hasSuffix(":") else { return nil }
        id = String(first.dropLast())
        values = [:]
        var key: String?
        for word in words.dropFirst() {
            let sides = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard sides.count == 2 else { continue }
            let name = String(sides[0].prefix { $0 != "(" })
            if name == "key" { key = String(sides[1]) } else { values[name] = Int(sides[1]) }
        }
        guard let key else { return nil }
        self.key = key
    }

    /// The words of a line in which HAProxy writes a blank, `=` or a backslash of a key behind a backslash.
    private static func words(_ line: Substring) -> [String] {
        var words: [String] = []
        var word = ""
        var isEscaped = false
        for character in line {
            if isEscaped {
                word.append(character)
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else if character == " " {
                if !word.isEmpty { words.append(word) }
                word = ""
            } else {
                word.append(character)
            }
        }
        return word.isEmpty ? words : words + [word]
    }
}
