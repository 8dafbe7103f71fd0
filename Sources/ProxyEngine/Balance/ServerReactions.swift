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
    var followers: [ServerReference: [Shared<ServerCells>]] {
        var result: [ServerReference: [Shared<ServerCells>]] = [:]
        for backend in snapshot.backends {
            for server in backend.servers {
                guard let track = server.track, let cells = cells(of: server, backend) else { continue }
                result[track, default: []].append(cells)
            }
        }
        return result
    }

    /// The servers that follow another one.
    var following: Set<ObjectIdentifier> { Set(followers.values.joined().map { ObjectIdentifier($0) }) }

    /// The reactions of a backend's servers, in order; empty if none has any.
    func reactions(
        _ backend: Backend,
        _ followers: [ServerReference: [Shared<ServerCells>]],
        _ endings: SessionEndings
    ) -> [ServerReactions?] {
        let hasOwn = backend.servers.contains { $0.shutsSessionsWhenDown || $0.shutsBackupSessionsWhenUp }
        if !hasOwn, followers.isEmpty { return [] }
        return backend.servers.map { server in
            let followers = followers[ServerReference(backend: backend.name, server: server.name)] ?? []
            guard !followers.isEmpty || server.shutsSessionsWhenDown || server.shutsBackupSessionsWhenUp else {
                return nil
            }
            let endsBackups = server.shutsBackupSessionsWhenUp && !server.isBackup
            return ServerReactions(
                shutsSessionsWhenDown: server.shutsSessionsWhenDown,
                backups: endsBackups
                    ? backend.servers.filter { $0.isBackup }.compactMap { cells(of: $0, backend) } : [],
                followers: followers,
                endings: endings
            )
        }
    }

    /// Makes new followers what their leaders are.
    func alignFollowers() {
        for (leader, followers) in followers {
            guard let backend = snapshot.backends.first(where: { $0.name == leader.backend }),
                let server = backend.servers.first(where: { $0.name == leader.server }), server.track == nil,
                let cells = cells(of: server, backend)
            else { continue }
            let isUp = ServerControl(cells).isUp
            for follower in followers {
                _ = isUp ? ServerControl(follower).markUp() : ServerControl(follower).markDown()
            }
        }
    }

    private func cells(of server: Server, _ backend: Backend) -> Shared<ServerCells>? {
        tables.servers[ServerKey(SnapshotDifference.Member(backend: backend.name, server: server))]
    }
}
