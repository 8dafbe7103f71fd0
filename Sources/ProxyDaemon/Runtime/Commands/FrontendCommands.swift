internal import ProxyConfig
internal import ProxyEngine
internal import Syscalls

/// `enable`, `disable` and `shutdown frontend`, `set maxconn frontend`
enum FrontendCommands {
    static let all = [
        RuntimeKeyword("enable frontend", "enable frontend <frontend>", "re-enable specific frontend", level: .admin) {
            call throws(SystemError) in
            try onFrontend(call) { change in
                switch change.state {
                case .stopped: return "Frontend was previously shut down, cannot enable.\n"
                case .open: return "All sockets are already enabled.\n"
                case .paused: change.state = .open
                }
                return ""
            }
        },
        RuntimeKeyword(
            "disable frontend",
            "disable frontend <frontend>",
            "temporarily disable specific frontend",
            level: .admin
        ) { call throws(SystemError) in
            try onFrontend(call) { change in
                switch change.state {
                case .stopped: return "Frontend was previously shut down, cannot disable.\n"
                case .paused: return "All sockets are already disabled.\n"
                case .open: change.state = .paused
                }
                return ""
            }
        },
        RuntimeKeyword(
            "shutdown frontend",
            "shutdown frontend <frontend>",
            "stop a specific frontend",
            level: .admin
        ) { call throws(SystemError) in
            try onFrontend(call) { change in
                if change.state == .stopped { return "Frontend was already shut down.\n" }
                change.state = .stopped
                return ""
            }
        },
        RuntimeKeyword(
            "set maxconn frontend",
            "set maxconn frontend <frontend> <value>",
            "change a frontend's maxconn setting",
            level: .admin
        ) { call throws(SystemError) in
            try onFrontend(call) { change in
                if call[1].isEmpty { return "Integer value expected.\n" }
                let value = CNumber.int(call[1])
                guard (0...Int(UInt32.max)).contains(value) else { return "Value out of range.\n" }
                change.maxConnections = UInt32(value)
                return ""
            }
        },
    ]

    private static func onFrontend(
        _ call: RuntimeCall,
        _ body: (inout RuntimeChanges.FrontendChange) -> String
    ) throws(SystemError) -> String {
        if call[0].isEmpty { return "A frontend name is expected.\n" }
        guard let name = call.host.frontendName(call[0]) else { return "No such frontend.\n" }
        var changes = call.host.changes
        var change = changes.frontends[name] ?? RuntimeChanges.FrontendChange()
        let before = change
        let answer = body(&change)
        if change == before { return answer }
        changes.frontends[name] = change
        try call.host.change(changes)
        return answer
    }
}
