internal import Diagnostics

/// What a YAML file says, with the line of each value.
indirect enum YAMLNode: Sendable, Hashable {
    case scalar(String, line: Int)
    case list([YAMLNode], line: Int)
    case map([YAMLMember], line: Int)

    var line: Int {
        switch self {
        case .scalar(_, let line), .list(_, let line), .map(_, let line): line
        }
    }

    subscript(name: String) -> YAMLNode? {
        guard case .map(let members, _) = self else { return nil }
        return members.last { $0.name == name }?.value
    }

    var scalar: String? {
        guard case .scalar(let text, _) = self else { return nil }
        return text
    }
}

struct YAMLMember: Sendable, Hashable {
    var name: String
    var value: YAMLNode
    var line: Int
}

/// Reads the part of YAML 1.2 that dataplaneapi.yaml is written in: block mappings, block sequences, flow sequences of
/// scalars, plain and quoted scalars, comments. Anything else is refused by name: tags, anchors, block scalars, flow
/// mappings, several documents.
struct YAMLReader {
    private struct Row {
        var number: Int
        var indentation: Int
        var text: Substring
    }

    private static let depthLimit = 16

    private let file: String
    private var rows: [Row] = []
    private var next = 0

    /// - Throws: The first problem, with its line.
    static func read(_ text: String, file: String) throws(Diagnostic) -> YAMLNode {
        var reader = YAMLReader(file: file)
        try reader.split(text)
        guard let first = reader.rows.first else { return .map([], line: 1) }
        let node = try reader.node(indentation: first.indentation, depth: 0)
        if reader.next < reader.rows.count {
            throw reader.problem(reader.rows[reader.next], "this line is indented less than the first")
        }
        return node
    }

    private init(file: String) { self.file = file }

    private func problem(_ row: Row, _ message: String) -> Diagnostic {
        let position = SourcePosition(line: row.number, column: row.indentation + 1)
        let line = String(repeating: " ", count: row.indentation) + row.text
        return Diagnostic(file: file, at: position, sourceLine: line, message)
    }

    private mutating func split(_ text: String) throws(Diagnostic) {
        var number = 0
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            number += 1
            let bare = line.last == "\r" ? line.dropLast() : line
            let content = bare.drop { $0 == " " }
            let row = Row(number: number, indentation: bare.count - content.count, text: Self.uncommented(content))
            if row.text.isEmpty || row.text == "---" && rows.isEmpty { continue }
            if row.text.first == "\t" { throw problem(row, "a tab cannot indent in YAML") }
            if row.text == "---" || row.text == "..." { throw problem(row, "one document is read only") }
            rows.append(row)
        }
    }

    /// The text without its comment and without blanks at its end.
    private static func uncommented(_ text: Substring) -> Substring {
        var quote: Character?
        var former: Character = " "
        var end = text.endIndex
        for index in text.indices {
            let character = text[index]
            if let open = quote {
                if character == open, open == "'" || former != "\\" { quote = nil }
            } else if character == "#", former == " " || former == "\t" {
                end = index
                break
            } else if character == "\"" || character == "'", " [,:-".contains(former) {
                quote = character
            }
            former = character
        }
        var kept = text[..<end]
        while let last = kept.last, last == " " || last == "\t" { kept.removeLast() }
        return kept
    }

    // MARK: - Blocks

    private mutating func node(indentation: Int, depth: Int) throws(Diagnostic) -> YAMLNode {
        let row = rows[next]
        if depth > Self.depthLimit { throw problem(row, "nested deeper than \(Self.depthLimit)") }
        return Self.isItem(row.text)
            ? try list(indentation: indentation, depth: depth) : try map(indentation: indentation, depth: depth)
    }

    private static func isItem(_ text: Substring) -> Bool { text == "-" || text.hasPrefix("- ") }

    private mutating func list(indentation: Int, depth: Int) throws(Diagnostic) -> YAMLNode {
        let line = rows[next].number
        var items: [YAMLNode] = []
        while next < rows.count, rows[next].indentation == indentation, Self.isItem(rows[next].text) {
            let row = rows[next]
            let content = row.text.dropFirst().drop { $0 == " " }
            if content.isEmpty {
                next += 1
                items.append(try below(row, indentation: indentation + 1, depth: depth))
            } else if Self.isItem(content) || Self.colon(content) != nil {
                // `- name: x`: a mapping whose first member stands beside the dash.
                let inner = indentation + row.text.count - content.count
                rows[next] = Row(number: row.number, indentation: inner, text: content)
                items.append(try node(indentation: inner, depth: depth + 1))
            } else {
                next += 1
                items.append(try value(content, row))
            }
        }
        return .list(items, line: line)
    }

    private mutating func map(indentation: Int, depth: Int) throws(Diagnostic) -> YAMLNode {
        let line = rows[next].number
        var members: [YAMLMember] = []
        while next < rows.count, rows[next].indentation >= indentation {
            let row = rows[next]
            guard row.indentation == indentation else {
                throw problem(row, "this line is indented more than the one above")
            }
            if Self.isItem(row.text) { break }
            guard let colon = Self.colon(row.text) else { throw problem(row, "'name: value' expected") }
            guard let name = try value(row.text[..<colon], row).scalar else { throw problem(row, "a name expected") }
            if members.contains(where: { $0.name == name }) { throw problem(row, "\(name) is given twice") }
            let content = row.text[row.text.index(after: colon)...].drop { $0 == " " }
            next += 1
            var node: YAMLNode
            if content.isEmpty {
                // The items of a list may stand right below the name that they belong to.
                let isList = next < rows.count && rows[next].indentation == indentation && Self.isItem(rows[next].text)
                node = try below(row, indentation: isList ? indentation : indentation + 1, depth: depth)
            } else {
                node = try value(content, row)
            }
            members.append(YAMLMember(name: name, value: node, line: row.number))
        }
        return .map(members, line: line)
    }

    /// What is indented by at least so much below a line; an empty scalar if nothing is.
    private mutating func below(_ row: Row, indentation: Int, depth: Int) throws(Diagnostic) -> YAMLNode {
        guard next < rows.count, rows[next].indentation >= indentation else { return .scalar("", line: row.number) }
        return try node(indentation: rows[next].indentation, depth: depth + 1)
    }

    /// The colon that ends a name: outside quotes, with a blank or nothing behind it.
    private static func colon(_ text: Substring) -> Substring.Index? {
        var quote: Character?
        for index in text.indices {
            let character = text[index]
            if let open = quote {
                if character == open { quote = nil }
            } else if index == text.startIndex, character == "\"" || character == "'" {
                quote = character
            } else if character == ":" {
                let behind = text[text.index(after: index)...].first
                if behind == nil || behind == " " { return index }
            }
        }
        return nil
    }

    // MARK: - Values

    private func value(_ text: Substring, _ row: Row) throws(Diagnostic) -> YAMLNode {
        guard let first = text.first else { return .scalar("", line: row.number) }
        switch first {
        case "\"", "'":
            guard let (content, rest) = Self.quoted(text), rest.allSatisfy({ $0 == " " }) else {
                throw problem(row, "the quoted text does not end where it should")
            }
            return .scalar(content, line: row.number)
        case "[":
            guard text.last == "]" else { throw problem(row, "']' expected at the end of the line") }
            return .list(try items(text.dropFirst().dropLast(), row), line: row.number)
        case "{" where text.filter({ $0 != " " }) == "{}": return .map([], line: row.number)
        case "&", "*", "!", "|", ">", "{", "%", "@", "`":
            throw problem(row, "YAML's '\(first)' is not understood in this file")
        default: return .scalar(text == "null" || text == "~" ? "" : String(text), line: row.number)
        }
    }

    private func items(_ text: Substring, _ row: Row) throws(Diagnostic) -> [YAMLNode] {
        var items: [YAMLNode] = []
        for part in text.split(separator: ",") {
            var item = part.drop { $0 == " " }
            while item.last == " " { item.removeLast() }
            if "[{".contains(item.first ?? " ") { throw problem(row, "lists in lists are not understood in this file") }
            if !item.isEmpty { items.append(try value(item, row)) }
        }
        return items
    }

    /// The text between quotes and what is behind them.
    private static func quoted(_ text: Substring) -> (content: String, rest: Substring)? {
        var rest = text
        let quote = rest.removeFirst()
        var content = ""
        while let character = rest.popFirst() {
            if character == quote {
                guard quote == "'", rest.first == "'" else { return (content, rest) }
                rest.removeFirst()
                content.append("'")
            } else if character == "\\", quote == "\"" {
                switch rest.popFirst() {
                case "n": content.append("\n")
                case "t": content.append("\t")
                case "\"": content.append("\"")
                case "\\": content.append("\\")
                default: return nil
                }
            } else {
                content.append(character)
            }
        }
        return nil
    }
}
