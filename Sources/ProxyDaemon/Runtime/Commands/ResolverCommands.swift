internal import ProxyConfig

/// `show resolvers`
enum ResolverCommands {
    static let all = [
        RuntimeKeyword(
            "show resolvers",
            "show resolvers [id]",
            "dumps counters from all resolvers section and associated name servers"
        ) { call in
            let sections = call.host.resolvers.filter { call[0].isEmpty || $0.name == call[0] }
            if sections.isEmpty, !call[0].isEmpty { return "Can't find that resolvers section\n" }
            return sections.map { section in
                "Resolvers section \(section.name)\n"
                    + section.nameServers.map { server in
                        let counters = ResolvedNames.shared.counters(.init(section: section.name, name: server.name))
                        return " nameserver \(server.name):\n" + counters.text
                    }.joined()
            }.joined()
        }
    ]
}
