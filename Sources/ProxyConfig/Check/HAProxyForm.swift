public import Diagnostics

/// Diagnostics as HAProxy prints them, for those who read its log with their eyes or with scripts.
public enum HAProxyForm {
    /// HAProxy alerts of a line that was given before, and goes on; those are none of the warnings that `zero-warning` refuses.
    public static func isAlert(_ diagnostic: Diagnostic) -> Bool {
        diagnostic.severity == .error || diagnostic.message.hasSuffix(" already specified. Continuing.")
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
        var place = ""
        if let file = diagnostic.file {
            place = "parsing [\(file)" + (diagnostic.position.map { ":\($0.line)" } ?? "") + "] : "
        }
        return "\(label)(\(pid)) : config : \(place)\(diagnostic.message)"
    }

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
