import Diagnostics

/// A value of the part of TOML we read.
enum TOMLValue: Sendable, Hashable {
    case string(String)
    case integer(Int)
    case boolean(Bool)
    case strings([String])

    var kind: String {
        switch self {
        case .string: "a string"
        case .integer: "an integer"
        case .boolean: "a boolean"
        case .strings: "an array of strings"
        }
    }
}

/// A table with its keys in the order they are written. The root table has an empty path.
struct TOMLTable: Sendable {
    struct Entry: Sendable {
        var key: Located<String>
        var value: Located<TOMLValue>
    }

    var path: [Located<String>]
    var position: SourcePosition
    var entries: [Entry] = []

    /// As it stands between the brackets.
    var name: String { path.map { $0.value }.joined(separator: ".") }

    subscript(_ key: String) -> Located<TOMLValue>? { entries.first { $0.key.value == key }?.value }
}

/// The subset of TOML 1.0 that appliance.toml is written in: tables (dotted names too), strings, integers, booleans,
/// arrays of strings, comments. Anything else is a diagnostic that says so, never silently skipped.
struct TOMLDocument: Sendable {
    var tables: [TOMLTable] = []

    static func parse(_ text: String, file: String) -> ParsedFile<TOMLDocument> {
        var parsed = ParsedFile(TOMLDocument(), SourceText(text, file: file))
        parsed.value.tables.append(TOMLTable(path: [], position: SourcePosition(line: 1, column: 1)))
        var known = Known()
        for (index, line) in parsed.source.lines.enumerated() {
            var scanner = TOMLScanner(line, line: index + 1)
            do throws(TOMLProblem) {
                try parseLine(&scanner, &parsed, &known)
            } catch {
                parsed.report(at: error.position, error.message, remedy: error.remedy)
            }
        }
        return parsed
    }

    /// On which line a name stands first.
    private struct Known {
        var tables: [[String]: Int] = [:]
        /// Of the table that is being read.
        var keys: [String: Int] = [:]
    }

    private static func parseLine(
        _ scanner: inout TOMLScanner,
        _ parsed: inout ParsedFile<TOMLDocument>,
        _ known: inout Known
    ) throws(TOMLProblem) {
        scanner.skipBlanks()
        if scanner.isAtEnd { return }
        let start = scanner.position
        if scanner.take("[") {
            if scanner.take("[") {
                throw TOMLProblem(start, "arrays of tables are not supported", remedy: "use [name] tables")
            }
            let path = try scanner.path()
            try scanner.expect("]", "to close the table's name")
            try scanner.end()
            let names = path.map { $0.value }
            // Also a table that stands there twice has what follows, or every line of it would be reported too.
            parsed.value.tables.append(TOMLTable(path: path, position: start))
            known.keys = [:]
            if let first = known.tables[names] {
                throw TOMLProblem(
                    start,
                    "table [\(names.joined(separator: "."))] stands on line \(first) already",
                    remedy: "keep one of the two tables"
                )
            }
            known.tables[names] = start.line
            return
        }
        let key = try scanner.key()
        scanner.skipBlanks()
        if scanner.take(".") {
            throw TOMLProblem(key.position, "dotted keys are not supported", remedy: "use a [table] for the first part")
        }
        try scanner.expect("=", "after the key")
        let value = try scanner.value()
        try scanner.end()
        let table = parsed.value.tables.count - 1
        if let first = known.keys[key.value] {
            throw TOMLProblem(
                key.position,
                "key \(key.value) stands on line \(first) already",
                remedy: "keep one of the two lines"
            )
        }
        known.keys[key.value] = key.position.line
        parsed.value.tables[table].entries.append(TOMLTable.Entry(key: key, value: value))
    }

    /// A string as TOML writes it; JSON's escapes are among its own.
    static func quoted(_ text: String) -> String { JSONString.quoted(text) }
}

/// Why a line is not of our TOML.
struct TOMLProblem: Error {
    var position: SourcePosition
    var message: String
    var remedy: String?

    init(_ position: SourcePosition, _ message: String, remedy: String? = nil) {
        self.position = position
        self.message = message
        self.remedy = remedy
    }
}
