internal import ProxyConfig
internal import ProxyEngine
internal import Syscalls

/// What changes how a server is used: `set server`, `set weight`, `set maxconn server`, `enable` and `disable server`.
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
            // HAProxy asks for the server's name only.
            if call[0].hasPrefix("/"), call[0] != "/" { return "No such backend.\n" }
            return try onServer(call) { path throws(SystemError) in
                // Of one that rests it is told, too.
                if let server = try call.host.backend(path.backend)?.resting.first(where: { $0.name == path.server }) {
                    return "\(server.weight) (initial \(server.weight))\n"
                }
                return try call.host.find(path) { server, report in "\(report.weight) (initial \(server.weight))\n" }
            }
        },
        RuntimeKeyword(
            "set maxconn server",
            "set maxconn server <bk>/<srv>",
            "change a server's maxconn setting",
            level: .admin
        ) { call throws(SystemError) in
            try onServer(call) { path throws(SystemError) in try setLimit(call, path) }
        },
        RuntimeKeyword(
            "enable server",
            "enable server  (DEPRECATED)",
            "enable a disabled server (use 'set server' instead)",
            level: .admin
        ) { call throws(SystemError) in try order(call, .administer(.ready)) },
        RuntimeKeyword(
            "disable server",
            "disable server (DEPRECATED)",
            "disable a server for maintenance (use 'set server' instead)",
            level: .admin
        ) { call throws(SystemError) in try order(call, .administer(.maintenance)) },
        RuntimeKeyword(
            "shutdown sessions server",
            "shutdown sessions server <bk>/<srv>",
            "kill sessions on a server",
            level: .admin
        ) { call throws(SystemError) in try order(call, .shutSessions) },
    ]

    /// Words about the server that the first argument names.
    static func onServer(
        _ call: RuntimeCall,
        _ body: (ServerPath) throws(SystemError) -> String
    ) throws(SystemError) -> String {
        guard let path = ServerPath(call[0]) else { return "Require 'backend/server'.\n" }
        return try body(try path.named(call.host))
    }

    private static func order(_ call: RuntimeCall, _ action: ServerOrder.Action) throws(SystemError) -> String {
        try onServer(call) { path throws(SystemError) in try call.host.perform(path.order(action)) }
    }

    private static func setServer(_ call: RuntimeCall) throws(SystemError) -> String {
        try onServer(call) { path throws(SystemError) in
            func perform(_ action: ServerOrder.Action) throws(SystemError) -> String {
                try call.host.perform(path.order(action))
            }
            switch (call[1], call[2]) {
            case ("state", "ready"): return try perform(.administer(.ready))
            case ("state", "drain"): return try perform(.administer(.drain))
            case ("state", "maint"): return try perform(.administer(.maintenance))
            case ("weight", let value): return try setWeight(call.host, path, value)
            default: break
            }
            return try call.host.configured(path) { backend, server throws(SystemError) in
                switch (call[1], call[2]) {
                case ("state", _): return "'set server <srv> state' expects 'ready', 'drain' and 'maint'.\n"
                case ("health", _) where server.track != nil: return "cannot change health on a tracking server.\n"
                case ("health", "up"): return try perform(.health(.up))
                case ("health", "stopping"): return try perform(.health(.stopping))
                case ("health", "down"): return try perform(.health(.down))
                case ("health", _): return "'set server <srv> health' expects 'up', 'stopping', or 'down'.\n"
                case ("agent", let value):
                    guard server.agent != nil, try call.host.isOn(\.agent, path) else {
                        return "agent checks are not enabled on this server.\n"
                    }
                    switch value {
                    case "up": return try perform(.agent(isUp: true))
                    case "down": return try perform(.agent(isUp: false))
                    default: return "'set server <srv> agent' expects 'up' or 'down'.\n"
                    }
                case ("ssl", _):
                    return "'set server <srv> ssl' cannot be set.  default-server should define ssl settings\n"
                default: return try ServerPlaceCommands.set(call, path, server) ?? usage
                }
            }
        }
    }

    private static let usage =
        "usage: set server <backend>/<server> addr | agent | agent-addr | agent-port | agent-send | check-addr | "
        + "check-port | fqdn | health | ssl | state | weight\n"

    private static func setWeight(
        _ host: any RuntimeHost,
        _ path: ServerPath,
        _ text: String
    ) throws(SystemError) -> String {
        try host.configured(path) { backend, server throws(SystemError) in
            if text.isEmpty { return "Require <weight> or <weight%>.\n" }
            let (value, hasDigits, _, rest) = CNumber.long(text)
            if !hasDigits { return "Empty weight string empty or preceded by garbage" }
            let weight: UInt32
            if rest == "%" {
                if value < 0 { return "Relative weight must be positive.\n" }
                weight = UInt32(min(256, Int(server.weight) * min(value, 25600) / 100))
            } else {
                guard (0...256).contains(value) else {
                    return "Absolute weight can only be between 0 and 256 inclusive.\n"
                }
                if !rest.isEmpty { return "Trailing garbage in weight string" }
                weight = UInt32(value)
            }
            if !backend.balance.changesWeights, weight != 0, weight != UInt32(server.weight) {
                return "Backend is using a static LB algorithm and only accepts weights '0%' and '100%'.\n"
            }
            return try host.perform(path.order(.weight(weight)))
        }
    }

    private static func setLimit(_ call: RuntimeCall, _ path: ServerPath) throws(SystemError) -> String {
        try call.host.configured(path) { _, _ throws(SystemError) in
            let text = call[1]
            if text.isEmpty { return "Require <maxconn>.\n" }
            let (number, hasDigits, _, rest) = CNumber.long(text)
            if !hasDigits { return "maxconn string empty or preceded by garbage" }
            if !rest.isEmpty { return "Trailing garbage in maxconn string" }
            // A negative one is a great one, as by HAProxy.
            let value = UInt32(truncatingIfNeeded: number)
            return try call.host.perform(path.order(.maxConnections(value)))
        }
    }
}

extension ProxyEngine.Balance {
    /// Weights may change while it runs.
    var changesWeights: Bool {
        switch algorithm {
        case .roundRobin, .leastConnections, .first, .random: true
        case .staticRoundRobin: false
        case .source, .cookie: isConsistent
        }
    }
}
