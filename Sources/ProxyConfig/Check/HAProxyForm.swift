public import Diagnostics

/// Diagnostics as HAProxy prints them, for those who read its log with their eyes or with scripts.
public enum HAProxyForm {
    /// HAProxy alerts of a line that was given before, and goes on; those are none of the warnings that `zero-warning` refuses.
    public static func isAlert(_ diagnostic: Diagnostic) -> Bool {
        diagnostic.severity == .error || diagnostic.message.hasSuffix(" already specified. Continuing.")
            || diagnostic.message.hasSuffix(" is not accepted in default-server sections")
    }

    /// `[ALERT]    (1234) : config : parsing [/etc/haproxy/haproxy.cfg:7] : unknown keyword 'foo' in 'frontend' section`
    public static func line(_ diagnostic: Diagnostic, pid: Int32) -> String {
        let label =
            switch diagnostic.severity {
            case .error: "[ALERT]    "
            case .warning where isAlert(diagnostic): "[ALERT]    "
            case .warning: "[WARNING]  "
            case .note: "[NOTICE]   "
            }
        let shown = marked(diagnostic).map { "\n" + $0 } ?? ""
        return "\(label)(\(pid)) : config : \(place(of: diagnostic))\(diagnostic.message)\(shown)"
    }

    /// The line that cannot be split into words, with a mark below the place; of a long line what is around it.
    private static func marked(_ diagnostic: Diagnostic) -> String? {
        guard let line = diagnostic.sourceLine, let position = diagnostic.position,
            diagnostic.message.hasSuffix(" at position \(position.column):")
        else { return nil }
        let width = 80
        let blank = UInt8(ascii: " ")
        let bytes = line.utf8.map { byte -> UInt8 in
            byte == blank || (9...13).contains(byte) ? blank : (33...126).contains(byte) ? byte : UInt8(ascii: "?")
        }
        let indentation = bytes.prefix { $0 == blank }.count
        var text = bytes[indentation...]
        var place = position.column - 1 - indentation
        guard place >= 0 else { return nil }
        if place >= width {
            let dots = [UInt8](repeating: UInt8(ascii: "."), count: 3)
            let rest = text.dropFirst(place - width / 2 + dots.count)
            let isCut = rest.count > width - dots.count
            text = (dots + rest.prefix(width - (isCut ? 2 : 1) * dots.count) + dots)[...]
            place = width / 2
        }
        return "  \(String(decoding: text.prefix(width), as: UTF8.self))\n  \(String(repeating: " ", count: place))^"
    }

    /// `parsing [/etc/haproxy/haproxy.cfg:7] : `, with the differences that HAProxy makes.
    private static func place(of diagnostic: Diagnostic) -> String {
        guard let file = diagnostic.file else { return "" }
        let place = "[\(file)" + (diagnostic.position.map { ":\($0.line)" } ?? "") + "]"
        let message = diagnostic.message
        if isAlert(diagnostic), isOfServer(diagnostic) {
            return message.contains("not allowed because") ? "\(place) : parsing \(place) : " : "\(place) : "
        }
        if message.hasPrefix("failed to parse "),
            !["redirect", "http-"].contains(where: { message.dropFirst(16).hasPrefix($0) })
        {
            return "Parsing \(place): "
        }
        if message.hasPrefix("use-server rule failed to parse ") { return "Parsing \(place); " }
        if message.contains("' not allowed in anonymous ") { return "parsing \(place) : " }
        if message.hasSuffix(" in argument to stats refresh interval.") { return "parsing \(place): " }
        if message.hasPrefix("unknown keyword '"),
            message.contains("' out of section") || message.contains("' in 'users' ")
        {
            return "parsing \(place): "
        }
        if message.contains("' is not permitted in 'userlist' ") { return "parsing \(place): " }
        if message.contains(" reuses same custom id as ") { return "parsing \(place): " }
        return closeStarts.contains { message.hasPrefix($0) } ? "parsing \(place): " : "parsing \(place) : "
    }

    /// What is said of the lines of servers has a form of its own, but for what is said of any line.
    private static func isOfServer(_ diagnostic: Diagnostic) -> Bool {
        if diagnostic.message.hasPrefix("'server ") { return true }
        let blanks: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        guard let keyword = diagnostic.sourceLine?.drop(while: blanks).prefix(while: { !blanks($0) }),
            keyword.hasSuffix("server") || keyword == "server-template"
        else { return false }
        let isOfAny =
            closeStarts.contains { diagnostic.message.hasPrefix($0) } || diagnostic.message.hasPrefix("too many words")
            || diagnostic.message.hasPrefix("'\(keyword)' not allowed in")
        return !isOfAny && ["server", "default-server", "server-template"].contains(keyword)
    }

    /// How messages begin that HAProxy writes with one blank less.
    private static let closeStarts = [
        "negation/default", "unmatched quote", "unmatched brace", "truncated or invalid", "forbidden first char",
        "the 'grace' keyword", "option '", "'option' expects", "unknown stats parameter", "missing keyword in 'stats'",
        "'http-request", "'http-response", "'http-after-response", "'id' expects", "'id' not allowed",
        "'description' not allowed", "custom id", "'description' expects",
        "'bind-process' has no effect", "'userlist' expects", "'stats admin' not allowed", "'stats' not allowed",
        "'show-desc' requires",
    ]

    /// All lines of a check, and those HAProxy ends with if it refuses the file.
    public static func lines(_ diagnostics: [Diagnostic], file: String, pid: Int32) -> [String] {
        var lines = diagnostics.map { line($0, pid: pid) }
        if diagnostics.contains(where: { $0.severity == .error }) {
            var files: [String] = []
            for diagnostic in diagnostics where diagnostic.severity == .error {
                let name = diagnostic.file ?? file
                if !files.contains(name) { files.append(name) }
            }
            for name in files {
                lines.append("[ALERT]    (\(pid)) : config : Error(s) found in configuration file : \(name)")
            }
            lines.append("[ALERT]    (\(pid)) : config : Fatal errors found in configuration.")
        }
        return lines
    }
}
