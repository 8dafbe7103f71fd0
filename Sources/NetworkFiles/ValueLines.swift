import Diagnostics

/// The lines of the old appliance's files that carry a value: not blank, and not beginning with `#`.
///
/// Blanks around a value are dropped, a carriage return among them.
func valueLines(_ source: SourceText) -> [Located<Substring>] {
    source.lines.enumerated().compactMap { index, line in
        let value = trimmed(line, at: SourcePosition(line: index + 1, column: 1))
        return value.value.isEmpty || value.value.utf8.first == UInt8(ascii: "#") ? nil : value
    }
}

/// The comma-separated fields of a line.
func fields(_ line: Located<Substring>) -> [Located<Substring>] {
    var column = line.position.column
    return line.value.split(separator: ",", omittingEmptySubsequences: false).map { field in
        defer { column += field.utf8.count + 1 }
        return trimmed(field, at: SourcePosition(line: line.position.line, column: column))
    }
}

/// The text without blanks around it.
func trimmed(_ text: Substring, at position: SourcePosition) -> Located<Substring> {
    func isBlank(_ character: Character) -> Bool { character == " " || character == "\t" || character == "\r" }
    let head = text.prefix(while: isBlank).utf8.count
    var value = text.drop(while: isBlank)
    while let last = value.last, isBlank(last) { value.removeLast() }
    return Located(value, at: SourcePosition(line: position.line, column: position.column + head))
}
