internal import Glibc

/// Messages on standard error in HAProxy's form: `[ALERT]    (1234) : config : parsing [file:line] : …`.
struct Talk: Sendable {
    enum Level: String {
        case notice = "[NOTICE]  "
        case warning = "[WARNING] "
        case alert = "[ALERT]   "
    }

    /// `-q`: only alerts are shown.
    var quiet = false
    static let version = "2.6.12"

    func callAsFunction(_ level: Level, _ message: String) {
        if quiet, level != .alert { return }
        Self.write(Self.line(level, message) + "\n")
    }

    static func line(_ level: Level, _ message: String) -> String { "\(level.rawValue) (\(getpid())) : \(message)" }

    static func write(_ text: String, to descriptor: CInt = 2) {
        let bytes = Array(text.utf8)
        _ = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
    }
}
