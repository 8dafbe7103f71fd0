internal import ProxyConfig
internal import ProxyEngine
internal import Syscalls

/// Limits of the process: `set maxconn global`, `set rate-limit`.
enum LimitCommands {
    static let all = [
        RuntimeKeyword(
            "set maxconn global",
            "set maxconn global <value>",
            "change the per-process maxconn setting",
            level: .admin,
            setMost
        ),
        RuntimeKeyword(
            "set rate-limit",
            "set rate-limit <setting> <value>",
            "change a rate limiting value",
            level: .admin,
            setRate
        ),
    ]

    private static func setMost(_ call: RuntimeCall) throws(SystemError) -> String {
        if call[0].isEmpty { return "Expects an integer value.\n" }
        let value = CNumber.int(call[0])
        let most = call.host.serving.hardMaxConnections
        guard value <= most else { return "Value out of range.\n" }
        var changes = call.host.changes
        // 0 takes the change back.
        changes.maxConnections = value <= 0 ? nil : value
        try call.host.change(changes)
        return ""
    }

    private static let usage = """
        'set rate-limit' only supports :
           - 'connections global' to set the per-process maximum connection rate
           - 'sessions global' to set the per-process maximum session rate
           - 'ssl-sessions global' to set the per-process maximum SSL session rate
           - 'http-compression global' to set the per-process maximum compression speed in kB/s

        """

    private static func setRate(_ call: RuntimeCall) throws(SystemError) -> String {
        // In the order of their numbers.
        let names = ["connections", "sessions", "ssl-sessions", "http-compression"]
        let place = names.firstIndex(of: call[0])
        guard let kind = place.flatMap({ ProcessRates.Kind(rawValue: UInt8($0)) }), call[1] == "global" else {
            return usage
        }
        if call[2].isEmpty { return "Expects an integer value.\n" }
        let value = CNumber.int(call[2])
        guard value >= 0 else { return "Value out of range.\n" }
        _ = try call.host.ask(.limit(kind, kind.rate(value)))
        return ""
    }
}
