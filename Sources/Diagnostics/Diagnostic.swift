/// One problem of an input: where, what, and what to do about it.
///
/// ``rendered(color:)`` gives
///
/// ```
/// /etc/vmware/route-tables.cfg:7:22: error: gateway 10.0.0.1 is not inside 10.1.0.0/24
///     2,workload,00:50:56:b4:ca:fd,10.1.0.5/24,10.0.0.1
///                                              ^
///     remedy: give a gateway between 10.1.0.1 and 10.1.0.254
/// ```
public struct Diagnostic: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Severity: String, Sendable, Hashable {
        case error
        case warning
        case note
    }

    public var severity: Severity
    /// The file, or another name of the input (`<ovf-env>`); nil if the problem has no place.
    public var file: String?
    public var position: SourcePosition?
    /// The line of the input the position is in, without its newline.
    public var sourceLine: String?
    /// Lower-case sentence without a full stop.
    public var message: String
    /// What the reader should do; imperative, without a full stop.
    public var remedy: String?

    public init(
        _ severity: Severity = .error,
        file: String? = nil,
        at position: SourcePosition? = nil,
        sourceLine: String? = nil,
        _ message: String,
        remedy: String? = nil
    ) {
        self.severity = severity
        self.file = file
        self.position = position
        self.sourceLine = sourceLine
        self.message = message
        self.remedy = remedy
    }

    /// `file:line:col: error: message`, on one line.
    public var description: String {
        var place = ""
        if let file { place += "\(file):" }
        if let position { place += "\(position.line):\(position.column):" }
        let message = Self.printable(message)
        return place.isEmpty ? "\(severity.rawValue): \(message)" : "\(place) \(severity.rawValue): \(message)"
    }

    /// The description, the source line with a caret, and the remedy.
    public var rendered: String {
        var text = description
        if let sourceLine, let position {
            let isCRLF = sourceLine.utf8.last == UInt8(ascii: "\r")
            text += "\n    \(Self.printable(isCRLF ? String(sourceLine.unicodeScalars.dropLast()) : sourceLine))\n    "
            // Tabs are repeated so that the caret stands under its column whatever the terminal's tab width.
            for byte in sourceLine.utf8.prefix(max(0, position.column - 1)) {
                text += byte == UInt8(ascii: "\t") ? "\t" : " "
            }
            text += "^"
        }
        if let remedy { text += "\n    remedy: \(Self.printable(remedy))" }
        return text
    }

    /// The text with U+FFFD for what a terminal would act upon: what stands in a wrong file must not clear the screen.
    private static func printable(_ text: String) -> String {
        var scalars = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            let isControl = scalar.properties.generalCategory == .control && scalar != "\n" && scalar != "\t"
            scalars.append(isControl ? "\u{FFFD}" : scalar)
        }
        return String(scalars)
    }
}

/// Several problems thrown as one error: every input is checked to its end before anything is refused.
public struct DiagnosticsError: Error, Sendable, CustomStringConvertible {
    public var diagnostics: [Diagnostic]

    public init(_ diagnostics: [Diagnostic]) { self.diagnostics = diagnostics }

    public var description: String {
        diagnostics.map { $0.rendered }.joined(separator: "\n")
    }
}
