internal import ProxyConfig
internal import ProxyEngine
internal import Syscalls

/// `add server`, `del server`
enum DynamicServerCommands {
    static let all = [
        RuntimeKeyword("add server", "add server <bk>/<srv>", "create a new server", level: .admin, add),
        RuntimeKeyword(
            "del server",
            "del server <bk>/<srv>",
            "remove a dynamically added server",
            level: .admin,
            delete
        ),
    ]

    private static func add(_ call: RuntimeCall) throws(SystemError) -> String {
        guard let path = ServerPath(call[0]), !path.server.isEmpty else { return "Require 'backend/server'." }
        guard let backend = try call.host.backend(path.backend) else {
            return "No such backend."
        }
        guard backend.balance.changesWeights else {
            return "Backend must use a dynamic load balancing to support dynamic servers."
        }
        switch ServerLine.read(path, Array(call.arguments.dropFirst()), call.host.options) {
        case .failure(let refusal): return refusal.words + "\n"
        case .success(var server):
            guard !backend.servers.contains(where: { $0.name == path.server }) else {
                return "Already exists a server with the same name in backend.\n"
            }
            let taken = Set(backend.servers.enumerated().map { UInt32(clamping: $1.number(at: $0)) })
            if !call.arguments.contains("id") { server.id = 0 }
            if server.id != 0, taken.contains(server.id) { return "'id' : custom id \(server.id) already used.\n" }
            // The first that is free.
            if server.id == 0 { server.id = (1...UInt32.max).first { !taken.contains($0) } ?? 0 }
            server.isDynamic = true
            var changes = call.host.changes
            changes.removed.remove(ServerReference(backend: path.backend, server: path.server))
            changes.added[path.backend, default: []].append(server)
            try call.host.change(changes)
            return "New server registered.\n"
        }
    }

    private static func delete(_ call: RuntimeCall) throws(SystemError) -> String {
        guard let path = ServerPath(call[0]) else { return "Require 'backend/server'." }
        let snapshot = try call.host.snapshot()
        guard let backend = snapshot.backends.first(where: { $0.name == path.backend }) else {
            return "No such backend."
        }
        guard let index = backend.servers.firstIndex(where: { $0.name == path.server }) else {
            return "No such server."
        }
        let reference = ServerReference(backend: path.backend, server: path.server)
        let isNamed =
            backend.serverRules.contains { $0.server == path.server }
            || snapshot.backends.contains { $0.servers.contains { $0.track == reference } }
        if isNamed {
            return "This server cannot be removed at runtime due to other configuration elements pointing to it."
        }
        let report = try call.host.report(backend: path.backend).backends.first
        guard let server = report.flatMap({ index < $0.servers.count ? $0.servers[index] : nil }) else {
            return "No such server."
        }
        guard server.standing.isInMaintenance else {
            return "Only servers in maintenance mode can be deleted."
        }
        guard server.proxy.connections == 0, server.queue == 0 else {
            return "Server still has connections attached to it, cannot remove it."
        }
        var changes = call.host.changes
        changes.added[path.backend]?.removeAll { $0.name == path.server }
        changes.removed.insert(reference)
        changes.servers[reference] = nil
        try call.host.change(changes)
        return "Server deleted."
    }
}

/// A server line that a command gave.
enum ServerLine {
    struct Refusal: Error {
        var words: String
    }

    static func read(_ path: ServerPath, _ words: [String], _ options: CommandLineOptions) -> Result<
        ProxyEngine.Server, Refusal
    > {
        guard !words.isEmpty else {
            return .failure(Refusal(words: "'server' expects <name> and <addr>[:<port>] as arguments."))
        }
        let quoted = words.map { "\"" + $0.flatMap { "\"\\$".contains($0) ? "\\\($0)" : "\($0)" } + "\"" }
        let text = "backend \(path.backend)\n  server \(path.server) \(quoted.joined(separator: " "))\n"
        do throws(LoadedConfiguration.Refused) {
            var own = options
            own.masterWorker = true
            var read = try LoadedConfiguration.check([ConfigurationFile(text, file: "CLI")], own)
            read.encode()
            if let server = (try? read.snapshot.backends.first?.backend())?.servers.first { return .success(server) }
            return .failure(Refusal(words: read.unserved.first.map { $0.reason } ?? "invalid server"))
        } catch {
            return .failure(Refusal(words: message(error.lines)))
        }
    }

    /// `[ALERT] (1) : config : parsing [CLI:2] : 'server b/s' : unknown keyword 'x'` without its place.
    private static func message(_ lines: [String]) -> String {
        guard let line = lines.first(where: { $0.contains("[CLI:") }) else { return lines.first ?? "" }
        var parts = line.split(separator: " : ", omittingEmptySubsequences: false)[...]
        while let part = parts.first, parts.count > 1, !part.contains("[CLI:") { parts = parts.dropFirst() }
        parts = parts.dropFirst()
        if let part = parts.first, part.hasPrefix("'server "), parts.count > 1 { parts = parts.dropFirst() }
        return parts.joined(separator: " : ")
    }
}
