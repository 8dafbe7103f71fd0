internal import ProxyConfig
internal import ProxyEngine
internal import Syscalls

/// What changes a server: `set server`, `set weight`, `set maxconn server`, `enable` and `disable server`.
enum ServerCommands {
    static let all = [
        RuntimeKeyword(
            "set server",
            "set server <bk>/<srv> [opts]",
            "change a server's state, weight, address or ssl",
            level: .admin,
            setServer
        ),
        RuntimeKeyword(
            "set weight",
            "set weight <bk>/<srv>  (DEPRECATED)",
            "change a server's weight (use 'set server' instead)",
            level: .admin
        ) { call throws(SystemError) in
            try onServer(call) { path throws(SystemError) in try setWeight(call.host, path, call[1]) }
        },
        RuntimeKeyword("get weight", "get weight <bk>/<srv>", "report a server's current weight") {
            call throws(SystemError) in
            try onServer(call) { path throws(SystemError) in
                try call.host.find(path) { server, report in "\(report.weight) (initial \(server.weight))\n" }
            }
        },
        RuntimeKeyword(
            "set maxconn server",
            "set maxconn server <bk>/<srv>",
            "change a server's maxconn setting",
            level: .admin
        ) { call throws(SystemError) in
            try onServer(call) { path throws(SystemError) in
                guard let value = UInt32(call[1]) else { return "Value out of range.\n" }
                return try call.host.perform(path.order(.maxConnections(value)))
            }
        },
        RuntimeKeyword(
            "enable server",
            "enable server  (DEPRECATED)",
            "enable a disabled server (use 'set server' instead)",
            level: .admin
        ) { call throws(SystemError) in try administer(call, .ready) },
        RuntimeKeyword(
            "disable server",
            "disable server (DEPRECATED)",
            "disable a server for maintenance (use 'set server' instead)",
            level: .admin
        ) { call throws(SystemError) in try administer(call, .maintenance) },
    ]

    /// Words about the server that the first argument names.
    static func onServer(
        _ call: RuntimeCall,
        _ body: (ServerPath) throws(SystemError) -> String
    ) throws(SystemError) -> String {
        guard let path = ServerPath(call[0]) else { return "Require 'backend/server'.\n" }
        return try body(path)
    }

    private static func administer(_ call: RuntimeCall, _ administration: Administration) throws(SystemError) -> String
    {
        try onServer(call) { path throws(SystemError) in try call.host.perform(path.order(.administer(administration)))
        }
    }

    private static func setServer(_ call: RuntimeCall) throws(SystemError) -> String {
        try onServer(call) { path throws(SystemError) in
            switch (call[1], call[2]) {
            case ("state", "ready"): return try call.host.perform(path.order(.administer(.ready)))
            case ("state", "drain"): return try call.host.perform(path.order(.administer(.drain)))
            case ("state", "maint"): return try call.host.perform(path.order(.administer(.maintenance)))
            case ("state", _): return "'set server <srv> state' expects 'ready', 'drain' and 'maint'.\n"
            case ("health", "up"): return try call.host.perform(path.order(.health(.up)))
            case ("health", "stopping"): return try call.host.perform(path.order(.health(.stopping)))
            case ("health", "down"): return try call.host.perform(path.order(.health(.down)))
            case ("health", _): return "'set server <srv> health' expects 'up', 'stopping', or 'down'.\n"
            case ("weight", let value): return try setWeight(call.host, path, value)
            default: return usage
            }
        }
    }

    private static let usage = "usage: set server <backend>/<server> health | state | weight\n"

    private static func setWeight(
        _ host: any RuntimeHost,
        _ path: ServerPath,
        _ text: String
    ) throws(SystemError) -> String {
        let digits = text.hasSuffix("%") ? String(text.dropLast()) : text
        guard let value = UInt32(digits), !digits.utf8.contains(UInt8(ascii: "+")) else {
            return "Empty weight string empty or preceded by garbage"
        }
        if text.hasSuffix("%") {
            var weight: UInt32 = 0
            let refusal = try host.find(path) { server, _ in
                weight = min(256, UInt32(server.weight) * min(value, 25600) / 100)
                return ""
            }
            if !refusal.isEmpty { return refusal }
            return try host.perform(path.order(.weight(weight)))
        }
        guard value <= 256 else { return "Absolute weight can only be between 0 and 256 inclusive.\n" }
        return try host.perform(path.order(.weight(value)))
    }
}
