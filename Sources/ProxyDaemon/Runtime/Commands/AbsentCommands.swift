internal import ProxyConfig
internal import ProxyEngine
internal import Syscalls

/// Commands of what layer 4 does not have, for those who ask all the same: there is nothing to show.
enum AbsentCommands {
    static let all = [
        RuntimeKeyword("show cache", "show cache", "show cache status") { _ in "" },
        RuntimeKeyword("get var", "get var <name>", "retrieve contents of a process-wide variable") { call in
            call[0].isEmpty ? "Expected a variable name.\n" : "Variable not found.\n"
        },
        cookie("enable", "enable dynamic cookies on a specific backend"),
        cookie("disable", "disable dynamic cookies on a specific backend"),
        RuntimeKeyword(
            "show resolvers",
            "show resolvers [id]",
            "dumps counters from all resolvers section and associated name servers"
        ) { call in call[0].isEmpty ? "" : "Can't find that resolvers section\n" },
    ]

    private static func cookie(_ verb: String, _ meaning: String) -> RuntimeKeyword {
        RuntimeKeyword(
            "\(verb) dynamic-cookie backend",
            "\(verb) dynamic-cookie backend <bk>",
            meaning,
            level: .admin
        ) { call throws(SystemError) in
            let isKnown = call.host.hasBackend(call[0])
            return isKnown ? "Cookies are a matter of HTTP, which no backend speaks.\n" : "No such backend.\n"
        }
    }
}
