/// The text of an input file split into lines, able to make diagnostics that show the line they speak of.
public struct SourceText: Sendable {
    /// The name that diagnostics carry.
    public let file: String
    /// Lines without their newlines.
    public let lines: [Substring]

    public init(_ text: String, file: String) {
        self.file = file
        lines = text.split(separator: "\n", omittingEmptySubsequences: false)
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
