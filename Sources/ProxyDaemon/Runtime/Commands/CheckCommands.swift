internal import ProxyConfig
internal import ProxyEngine
internal import Syscalls

/// `enable` and `disable` of `health` and `agent`: whether a server is checked.
enum CheckCommands {
    static let all = [
        keyword("enable health", "enable health checks", isOn: true, isAgent: false),
        keyword("disable health", "disable health checks", isOn: false, isAgent: false),
        keyword("enable agent", "enable agent checks", isOn: true, isAgent: true),
        keyword("disable agent", "disable agent checks", isOn: false, isAgent: true),
    ]

    private static func keyword(_ words: String, _ meaning: String, isOn: Bool, isAgent: Bool) -> RuntimeKeyword {
        RuntimeKeyword(words, words, meaning, level: .admin) { call throws(SystemError) in
            try ServerCommands.onServer(call) { path throws(SystemError) in
                try call.host.configured(path) { _, server throws(SystemError) in
                    if isOn, isAgent, server.agent == nil {
                        return "Agent was not configured on this server, cannot enable.\n"
                    }
                    if isOn, !isAgent, server.check == nil {
                        return "Health check was not configured on this server, cannot enable.\n"
                    }
                    return try call.host.perform(path.order(isAgent ? .agentChecks(isOn) : .checks(isOn)))
                }
            }
        }
    }
}
