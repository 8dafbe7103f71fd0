// What decides which server takes a connection, and when.

extension ByteWriter {
    mutating func balancing(of backend: Backend) {
        number(backend.balance.algorithm.rawValue)
        number(backend.balance.draws)
        flag(backend.balance.isConsistent)
        flag(backend.balance.hasAvalanche)
        number(backend.balance.loadFactor)
        string(backend.balance.cookie)
        number(backend.balance.function.rawValue)
        list(backend.serverRules) {
            $0.string($1.server)
            $0.optional($1.format) { $0.write($1) }
            $0.write($1.alternatives, isInverted: $1.isInverted)
        }
        optional(backend.redispatchInterval) { $0.number(UInt32(bitPattern: $1)) }
        flag(backend.usesAllBackups)
        number(backend.fullConnections)
    }

    mutating func balancing(of server: Server) {
        number(server.id)
        number(server.limits.maxConnections)
        number(server.limits.minConnections)
        number(server.limits.maxQueue)
        number(server.slowStart)
        flag(server.shutsSessionsWhenDown)
        flag(server.shutsBackupSessionsWhenUp)
        optional(server.track) {
            $0.string($1.backend)
            $0.string($1.server)
        }
        optional(server.followed) {
            $0.string($1.name)
            $0.string($1.source)
        }
        optional(server.hostName) { $0.string($1) }
        optional(server.cookie) { $0.string($1) }
        flag(server.hasOwnNumber)
        optional(server.origin) { $0.endpoint($1) }
        flag(server.isDynamic)
        flag(server.beginsReady)
    }
}

extension ByteReader {
    mutating func balancing(of backend: inout Backend) throws(MalformedSnapshot) {
        guard let algorithm = Balance.Algorithm(rawValue: try number()) else { throw MalformedSnapshot() }
        backend.balance = Balance(
            algorithm,
            draws: try number(),
            isConsistent: try flag(),
            hasAvalanche: try flag(),
            loadFactor: try number()
        )
        backend.balance.cookie = try string()
        guard let function = Balance.HashFunction(rawValue: try number()) else { throw MalformedSnapshot() }
        backend.balance.function = function
        backend.serverRules = try list { (reader) throws(MalformedSnapshot) in
            var rule = ServerRule(server: try reader.string())
            rule.format = try reader.flag() ? try reader.lineFormat() : nil
            (rule.alternatives, rule.isInverted) = try reader.alternatives()
            return rule
        }
        backend.redispatchInterval = try optionalNumber().map { Int32(bitPattern: $0) }
        backend.usesAllBackups = try flag()
        backend.fullConnections = try number()
    }

    mutating func balancing(of server: inout Server) throws(MalformedSnapshot) {
        server.id = try number()
        server.limits.maxConnections = try number()
        server.limits.minConnections = try number()
        server.limits.maxQueue = try number()
        server.slowStart = try number()
        server.shutsSessionsWhenDown = try flag()
        server.shutsBackupSessionsWhenUp = try flag()
        if try flag() { server.track = ServerReference(backend: try string(), server: try string()) }
        if try flag() { server.followed = FollowedName(name: try string(), source: try string()) }
        server.hostName = try flag() ? try string() : nil
        server.cookie = try flag() ? try string() : nil
        server.hasOwnNumber = try flag()
        server.origin = try flag() ? try endpoint() : nil
        server.isDynamic = try flag()
        server.beginsReady = try flag()
    }
}
