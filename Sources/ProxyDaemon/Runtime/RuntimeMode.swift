internal import ProxyConfig

/// What a session may ask for to get commands that others do not see (management guide, 9.3 and 9.4). Of `expert-mode` there are none
/// here; those who say it go on as they would with HAProxy.
enum RuntimeMode: String {
    case expert = "expert-mode"
    case experimental = "experimental-mode"
    /// Of the master socket.
    case debug = "mcli-debug-mode"

    /// `experimental mode`
    var words: String { rawValue.replacing("-", with: " ") }
}

extension RuntimeSession {
    /// - Parameter word: `on` or `off`; without one the answer tells which it is.
    func change(_ mode: RuntimeMode, _ word: String) -> String? {
        if word.isEmpty { return "\(mode.rawValue) is \(modes.contains(mode) ? "ON" : "OFF")\n" }
        // Whatever is not `on` ends it.
        if word == "on" { modes.insert(mode) } else { modes.remove(mode) }
        return nil
    }

    /// Gives rights up, and with them what only the others may.
    func lower(to level: StatsSocket.Level) {
        self.level = level
        modes = []
    }
}
