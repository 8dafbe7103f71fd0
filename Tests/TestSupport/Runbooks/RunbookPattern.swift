/// What a page says that is printed, beside what was printed.
enum RunbookPattern {
    private enum Part {
        case text([Character])
        case anything
        case name(String)
    }

    /// Without blanks at the end of the lines, and without empty lines at the end of the text.
    static func lines(_ text: String) -> [String] {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { trimmed(String($0)) }
        while lines.last?.isEmpty == true { lines.removeLast() }
        return lines
    }

    static func trimmed(_ line: String) -> String {
        guard let last = line.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(line[...last])
    }

    /// What the names stand for when `printed` is as `expected` says; nil if it is not.
    static func match(_ expected: [String], _ printed: [String], _ values: [String: String]) -> [String: String]? {
        match(expected[...], printed[...], values)
    }

    private static func match(
        _ expected: ArraySlice<String>,
        _ printed: ArraySlice<String>,
        _ values: [String: String]
    ) -> [String: String]? {
        guard let line = expected.first else { return printed.isEmpty ? values : nil }
        if trimmed(line.filter { !$0.isWhitespace }) == "…" {
            for start in printed.startIndex...printed.endIndex {
                if let found = match(expected.dropFirst(), printed[start...], values) { return found }
            }
            return nil
        }
        guard let first = printed.first, let found = match(parts(line)[...], Array(first)[...], values) else {
            return nil
        }
        return match(expected.dropFirst(), printed.dropFirst(), found)
    }

    private static func match(
        _ parts: ArraySlice<Part>,
        _ text: ArraySlice<Character>,
        _ values: [String: String]
    ) -> [String: String]? {
        guard let part = parts.first else { return text.isEmpty ? values : nil }
        switch part {
        case .text(let literal):
            guard text.starts(with: literal) else { return nil }
            return match(parts.dropFirst(), text.dropFirst(literal.count), values)
        case .anything:
            for start in text.startIndex...text.endIndex {
                if let found = match(parts.dropFirst(), text[start...], values) { return found }
            }
            return nil
        case .name(let name):
            if let value = values[name] {
                guard text.starts(with: value) else { return nil }
                return match(parts.dropFirst(), text.dropFirst(value.count), values)
            }
            // Something, and as little as will do.
            for end in text.indices.map({ $0 + 1 }) {
                var tried = values
                tried[name] = String(text[..<end])
                if let found = match(parts.dropFirst(), text[end...], tried) { return found }
            }
            return nil
        }
    }

    private static func parts(_ line: String) -> [Part] {
        var parts: [Part] = []
        var literal: [Character] = []
        func flush() {
            if !literal.isEmpty { parts.append(.text(literal)) }
            literal = []
        }
        var rest = line[...]
        while let character = rest.first {
            if character == "…" {
                flush()
                parts.append(.anything)
                rest = rest.dropFirst()
            } else if let name = name(rest) {
                flush()
                parts.append(.name(name))
                rest = rest.dropFirst(name.count + 2)
            } else {
                literal.append(character)
                rest = rest.dropFirst()
            }
        }
        flush()
        return parts
    }

    /// The name in front of `text`: `<` letters, digits, blanks and dashes `>`.
    private static func name(_ text: Substring) -> String? {
        guard text.first == "<", let end = text.firstIndex(of: ">") else { return nil }
        let name = text[text.index(after: text.startIndex)..<end]
        let isName = name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == " " || $0 == "-") }
        guard isName, name.first?.isLetter == true else { return nil }
        return String(name)
    }

    /// A command with what is known put in for the names.
    static func replacing(_ command: String, by values: [String: String]) -> String {
        var result = ""
        var rest = command[...]
        while let character = rest.first {
            if let name = name(rest), let value = values[name] {
                result += value
                rest = rest.dropFirst(name.count + 2)
            } else {
                result.append(character)
                rest = rest.dropFirst()
            }
        }
        return result
    }
}
