/// The text of an input file split into lines, able to make diagnostics that show the line they speak of.
public struct SourceText: Sendable {
    /// The name that diagnostics carry.
    public let file: String
    /// Lines without their newlines.
    public let lines: [Substring]

    public init(_ text: String, file: String) {
        self.file = file
        // Editors of other systems begin a file with a byte order mark, which nobody sees.
        let text =
            text.unicodeScalars.first == "\u{FEFF}" ? Substring(text.unicodeScalars.dropFirst()) : Substring(text)
        // By bytes: as a Character, "\r\n" is something else than "\n", and such lines would not be split.
        lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { Substring($0) }
    }

    public func diagnostic(
        _ severity: Diagnostic.Severity = .error,
        at position: SourcePosition,
        _ message: String,
        remedy: String? = nil
    ) -> Diagnostic {
        let index = position.line - 1
        return Diagnostic(
            severity,
            file: file,
            at: position,
            sourceLine: lines.indices.contains(index) ? String(lines[index]) : nil,
            message,
            remedy: remedy
        )
    }
}
