internal import ProxyConfig

/// What a client says of its own connection.
enum SessionCommands {
    static let all = [
        RuntimeKeyword(
            "operator",
            "operator",
            "lower the level of the current CLI session to operator",
            level: .operator
        ) {
            $0.session.lower(to: .operator)
            return ""
        },
        RuntimeKeyword("user", "user", "lower the level of the current CLI session to user") {
            $0.session.lower(to: .user)
            return ""
        },
        RuntimeKeyword("show cli level", "show cli level", "display the level of the current CLI session") {
            $0.session.level.rawValue + "\n"
        },
        RuntimeKeyword(
            "set severity-output",
            "set severity-output [none|number|string]",
            "set presence of severity level in feedback information"
        ) { call in
            guard let output = RuntimeSeverity.Output(rawValue: call[0]) else {
                return "one of 'none', 'number', 'string' is a required argument\n"
            }
            call.session.severities = output
            return ""
        },
        mode(.expert),
        mode(.experimental),
        RuntimeKeyword("set timeout", "set timeout [cli] <delay>", "change a timeout setting") { call in
            guard call[0] == "cli" else { return "'set timeout' only supports 'cli'.\n" }
            if call[1].isEmpty { return "Expects an integer value.\n" }
            guard let seconds = CNumber.seconds(call[1]), seconds > 0 else { return "Invalid timeout value.\n" }
            call.session.patience = UInt64(seconds) * 1000
            return ""
        },
    ]

    private static func mode(_ mode: RuntimeMode) -> RuntimeKeyword {
        RuntimeKeyword(mode.rawValue, mode.rawValue + " [on|off]", "", level: .admin, isHidden: true) { call in
            call.session.change(mode, call[0]) ?? ""
        }
    }
}
