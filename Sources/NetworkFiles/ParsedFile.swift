public import Diagnostics

/// What came out of reading a file: the good part of it, and everything that is wrong with the rest.
public struct ParsedFile<Value: Sendable>: Sendable {
    public var value: Value
    /// Kept so that checks across files can show the line they speak of.
    public var source: SourceText
    public var diagnostics: [Diagnostic]

    public init(_ value: Value, _ source: SourceText, _ diagnostics: [Diagnostic] = []) {
        self.value = value
        self.source = source
        self.diagnostics = diagnostics
    }

    mutating func report(
        _ severity: Diagnostic.Severity = .error,
        at position: SourcePosition,
        _ message: String,
        remedy: String? = nil
    ) {
        diagnostics.append(source.diagnostic(severity, at: position, message, remedy: remedy))
    }
}

extension [Diagnostic] {
    /// Whether anything in it forbids using the input.
    public var hasErrors: Bool { contains { $0.severity == .error } }
}
