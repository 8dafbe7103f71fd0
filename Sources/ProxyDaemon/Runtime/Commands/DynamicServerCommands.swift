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
        guard let path = ServerPath(call[0]), !path.backend.isEmpty, !path.server.isEmpty else {
            return "Require 'backend/server'."
        }
        guard let backend = try call.host.backend(path.backend) else {
            return "No such backend."
        }
        guard !backend.isDisabled, backend.balance.changesWeights else {
            return "Backend must use a dynamic load balancing to support dynamic servers."
        }
        let words = Array(call.arguments.dropFirst())
        let (track, rest) = DynamicServerWords.taking("track", from: words)
        switch ServerLine.read(path, rest, call.host.options) {
        case .failure(let refusal): return refusal.words + "\n"
        case .success(var server):
            if let track {
                if server.check != nil { return "unable to enable checks and tracking at the same time!\n" }
                switch try leader(track, of: path, call.host) {
                case .failure(let refusal): return refusal.words + "\n"
                case .success(let reference): server.track = reference
                }
            }
            guard !backend.servers.contains(where: { $0.name == path.server }) else {
                return "Already exists a server with the same name in backend.\n"
            }
            let taken = Set(backend.servers.enumerated().map { UInt32(clamping: $1.number(at: $0)) })
            if !server.hasOwnNumber { server.id = 0 }
            if server.id != 0, let other = backend.servers.first(where: { $0.id == server.id }) {
                // Where the file says so is not known here.
                let place = other.isDynamic ? " at (null):0 ('server \(other.name)')" : ""
                return "'id' : custom id \(server.id) already used\(place).\n"
            }
            // The first that is free.
            if server.id == 0 { server.id = (1...UInt32.max).first { !taken.contains($0) } ?? 0 }
            server.isDynamic = true
            server.beginsReady = rest.last { $0 == "enabled" || $0 == "disabled" } == "enabled"
            var changes = call.host.changes
            changes.removed.remove(ServerReference(backend: path.backend, server: path.server))
            changes.added[path.backend, default: []].append(server)
            try call.host.change(changes)
            return "New server registered.\n"
        }
    }

    /// Whom a server is to track.
    private static func leader(
        _ track: String,
        of path: ServerPath,
        _ host: any RuntimeHost
    ) throws(SystemError) -> Result<ServerReference, ServerLine.Refusal> {
        let parts = track.split(separator: "/", maxSplits: 1).map { String($0) }
        let place = parts.count == 2 ? parts[0] : path.backend
        let name = parts.last ?? ""
        guard let backend = try host.backend(place) else {
            return .failure(.init(words: "unable to find required proxy '\(place)' for tracking."))
        }
        guard let server = backend.servers.first(where: { $0.name == name }) else {
            return .failure(.init(words: "unable to find required server '\(name)' for tracking."))
        }
        let who = "unable to use \(place)/\(name) for tracking as it "
        if server.isDynamic { return .failure(.init(words: who + "is a dynamic server.")) }
        guard server.check != nil || server.agent != nil || server.track != nil else {
            return .failure(.init(words: who + "does not have any check nor agent enabled."))
        }
        return .success(ServerReference(backend: place, server: name))
    }

    private static func delete(_ call: RuntimeCall) throws(SystemError) -> String {
        guard let path = ServerPath(call[0]) else { return "Require 'backend/server'." }
        let snapshot = try call.host.snapshot()
        guard let backend = snapshot.backends.first(where: { $0.name == path.backend }) else {
            return "No such backend."
        }
        guard let index = backend.servers.firstIndex(where: { $0.name == path.server }) else {
            if let server = backend.resting.first(where: { $0.name == path.server }) {
                return server.isDisabled ? "Proxy is disabled." : "Only servers in maintenance mode can be deleted."
            }
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
