internal import CLinux
internal import Glibc

/// What follows when a server goes down or comes up, beside that its backend's balance takes notice.
final class ServerReactions: Sendable {
    /// `on-marked-down shutdown-sessions`
    let shutsSessionsWhenDown: Bool
    /// `on-marked-up shutdown-backup-sessions`: whose sessions end then.
    let backups: [Shared<ServerCells>]
    /// The servers that `track` this one.
    let followers: [Shared<ServerCells>]
    let endings: SessionEndings

    init(
        shutsSessionsWhenDown: Bool,
        backups: [Shared<ServerCells>],
        followers: [Shared<ServerCells>],
        endings: SessionEndings
    ) {
        self.shutsSessionsWhenDown = shutsSessionsWhenDown
        self.backups = backups
        self.followers = followers
        self.endings = endings
    }
}

/// Tells the workers that sessions of some servers are to end: each ends those that began in an earlier epoch.
final class SessionEndings: Sendable {
    private let process: Shared<ProcessCells>

    init(_ process: Shared<ProcessCells>) { self.process = process }

    func announce() {
        _ = clinux_atomic_add(&process.cells.pointee.endings, 1)
        for index in 0..<Int(clinux_atomic_load(&process.cells.pointee.workerCount)) {
            var one: UInt64 = 1
            _ = write(process.cells.pointee.wakes[index], &one, 8)
        }
    }
}

extension Plan {
    /// Who follows whom (`track`).
    static func followers(_ backends: [PlanBackend]) -> [ServerReference: [Shared<ServerCells>]] {
        var result: [ServerReference: [Shared<ServerCells>]] = [:]
        for backend in backends where !backend.tracks.isEmpty {
            for (track, cells) in zip(backend.tracks, backend.servers) {
                if let track { result[track, default: []].append(cells) }
            }
        }
        return result
    }

    /// The servers that follow another one.
    var following: Set<ObjectIdentifier> {
        Set(Self.followers(backends).values.joined().map { ObjectIdentifier($0) })
    }
}

extension PlanBackend {
    /// The reactions of its servers, in order; empty if none has any.
    func reactions(
        _ definition: Backend,
        _ followers: [ServerReference: [Shared<ServerCells>]],
        _ endings: SessionEndings
    ) -> [ServerReactions?] {
        let hasOwn = definition.servers.contains { $0.shutsSessionsWhenDown || $0.shutsBackupSessionsWhenUp }
        if !hasOwn, followers.isEmpty { return [] }
        return definition.servers.map { server in
            let followers = followers[ServerReference(backend: definition.name, server: server.name)] ?? []
            guard !followers.isEmpty || server.shutsSessionsWhenDown || server.shutsBackupSessionsWhenUp else {
                return nil
            }
            let endsBackups = server.shutsBackupSessionsWhenUp && !server.isBackup
            let backups = zip(definition.servers, servers).compactMap { $0.isBackup ? $1 : nil }
            return ServerReactions(
                shutsSessionsWhenDown: server.shutsSessionsWhenDown,
                backups: endsBackups ? backups : [],
                followers: followers,
                endings: endings
            )
        }
    }

    /// Takes over who follows its servers now; the rest of their reactions is as it was.
    func follow(
        _ followers: [ServerReference: [Shared<ServerCells>]],
        _ before: [ServerReference: [Shared<ServerCells>]],
        _ endings: SessionEndings
    ) {
        for (index, server) in servers.enumerated() {
            let reference = ServerReference(backend: name, server: entry.pointee.servers[index].name.string)
            let next = followers[reference] ?? []
            guard !next.elementsEqual(before[reference] ?? [], by: ===) else { continue }
            clinux_lock(&cells.cells.pointee.lock)
            defer { clinux_unlock(&cells.cells.pointee.lock) }
            let former = server.reactions
            let isAsked = !next.isEmpty || former?.shutsSessionsWhenDown == true || former?.backups.isEmpty == false
            server.reactions =
                isAsked
                ? ServerReactions(
                    shutsSessionsWhenDown: former?.shutsSessionsWhenDown ?? false,
                    backups: former?.backups ?? [],
                    followers: next,
                    endings: endings
                ) : nil
        }
    }
}
