internal import ProxyConfig

/// What a session may ask for to get commands that others do not see (management guide, 9.3 and 9.4). There are none here; those
/// who say it go on as they would with HAProxy.
enum RuntimeMode: String {
    case expert = "expert-mode"
    case experimental = "experimental-mode"
    /// Of the master socket.
    case debug = "mcli-debug-mode"
}

extension RuntimeSession {
    /// - Parameter word: `on` or `off`; without one the answer tells which it is.
    func change(_ mode: RuntimeMode, _ word: String) -> String? {
        if word.isEmpty { return "\(mode.rawValue) is \(self[mode] ? "ON" : "OFF")\n" }
        // Whatever is not `on` ends it.
        self[mode] = word == "on"
        return nil
    }

    private subscript(mode: RuntimeMode) -> Bool {
        get {
            switch mode {
            case .expert: isExpert
            case .experimental: isExperimental
            case .debug: isDebugging
            }
        }
        set {
            switch mode {
            case .expert: isExpert = newValue
            case .experimental: isExperimental = newValue
            case .debug: isDebugging = newValue
            }
        }
    }

    /// Gives rights up, and with them what only the others may.
    func lower(to level: StatsSocket.Level) {
        self.level = level
        (isExpert, isExperimental, isDebugging) = (false, false, false)
    }
}
