import Diagnostics

// What servers and sockets owe the mode of their proxy.
extension Checker {
    /// Threads of binds must be there, at least one of each bind.
    mutating func checkThreads(_ draft: ProxyDraft) {
        guard !draft.bindThreads.isEmpty, let count = model.global.threads ?? surroundings.processors else { return }
        recorded?.dependsOnOthers = true
        for bind in draft.bindThreads where !Self.hasThread(bind.threads, among: count) {
            let line = draft.place(of: bind.position)
            let what =
                bind.threads.contains("/")
                ? "only references threads not belonging to the group" : "contains threads that belong to no group"
            report(
                .error,
                at: line,
                "Proxy '\(draft.name)': 'thread' directive \(what) in 'bind \(bind.address)' at [\(source(line.line))].",
                remedy: "name threads from 1 to \(count), or raise nbthread"
            )
        }
    }

    /// `use-server` names a server of the section; a frontend has none.
    mutating func checkUsedServers(_ draft: ProxyDraft) {
        for used in draft.usedServers where !draft.backend.servers.contains(where: { $0.name == used.name }) {
            report(
                .error,
                at: used.position,
                "\(draft.proxyKind) '\(draft.name)' : unable to find server '\(used.name)' referenced in a 'use-server' rule.",
                remedy: "name a server of this backend"
            )
        }
    }

    /// `proto` names a protocol that the mode has; prefixes of redirections need `mode http`.
    mutating func checkProtocols(_ draft: ProxyDraft) {
        for bind in draft.bindProtocols where !Self.fits(bind.name, draft.mode) || bind.name == "fcgi" {
            report(
                .error,
                at: bind.position,
                "\(draft.proxyKind) '\(draft.name)' : MUX protocol '\(bind.name)' is not usable for 'bind \(bind.text)' at "
                    + "[\(source(bind.position.line))].",
                remedy: "remove 'proto', or give the proxy the mode that it is of"
            )
        }
        guard draft.hasBackend else { return }
        var hasPrefix = false
        for index in draft.backend.servers.indices where !draft.backend.servers[index].ignoredOptions.isEmpty {
            let server = draft.backend.servers[index]
            let place = draft.place(of: server.position)
            if server.ignoredOptions.contains("redir"), draft.mode == .tcp { hasPrefix = true }
            guard let option = server.ignoredOptions.last(where: { $0.hasPrefix("proto ") }) else { continue }
            let name = String(option.dropFirst(6))
            if !Self.fits(name, draft.mode) {
                report(
                    .error,
                    at: place,
                    "\(draft.proxyKind) '\(draft.name)' : MUX protocol '\(name)' is not usable for server '\(server.name)' at "
                        + "[\(source(place.line))].",
                    remedy: "remove 'proto', or give the backend the mode that it is of"
                )
            } else if name == "fcgi", draft.applications.isEmpty {
                report(
                    .error,
                    at: place,
                    "proxy '\(draft.name)': FCGI server '\(server.name)' has no FCGI app configured.",
                    remedy: "add a line use-fcgi-app"
                )
            }
        }
        guard hasPrefix else { return }
        report(
            .error,
            at: draft.position,
            "\(draft.proxyKind) '\(draft.name)' : server cannot have cookie or redirect prefix in non-HTTP mode.",
            remedy: "remove 'redir', or write 'mode http'"
        )
    }

    private static func fits(_ name: String, _ mode: ProxyMode) -> Bool { (name == "none") == (mode == .tcp) }

    /// The `resolvers` sections that the servers name, which must be there.
    mutating func resolvers(of draft: ProxyDraft) -> Set<String> {
        var names: Set<String> = []
        for index in draft.backend.servers.indices {
            guard let name = draft.backend.servers[index].resolvers else { continue }
            if names.insert(name).inserted, kept.resolvers.contains(name) { continue }
            guard !kept.resolvers.contains(name), !draft.frontend.isDisabled else { continue }
            let server = draft.backend.servers[index]
            report(
                .error,
                at: draft.place(of: server.position),
                "\(draft.proxyKind) '\(draft.name)', server '\(server.name)': unable to find required resolvers '\(name)'",
                remedy: "add the section 'resolvers \(name)'"
            )
        }
        return names
    }
}
