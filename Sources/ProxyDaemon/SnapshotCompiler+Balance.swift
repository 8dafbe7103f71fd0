internal import ProxyConfig
internal import ProxyEngine

// Which server takes a connection, and when.
extension SnapshotCompiler {
    /// The first limit that is set is the length of the queue, as with HAProxy: connections that are not accepted yet can
    /// all be taken at once. 0: the process's `maxconn`.
    static func backlog(_ bind: Bind, _ frontend: ProxyConfig.Frontend) -> Int32 {
        let candidates = [bind.backlog, frontend.backlog, bind.maxConnections, frontend.maxConnections]
        return Int32(clamping: candidates.lazy.compactMap { $0 }.first { $0 > 0 } ?? 0)
    }

    mutating func balance(_ result: inout ProxyEngine.Backend, _ backend: ProxyConfig.Backend) {
        let hash = backend.hashType
        var balance = Balance(
            isConsistent: hash.isConsistent,
            hasAvalanche: hash.hasAvalanche,
            loadFactor: UInt32(clamping: backend.hashBalanceFactor)
        )
        switch backend.balance {
        case .roundRobin: balance.algorithm = .roundRobin
        case .staticRoundRobin: balance.algorithm = .staticRoundRobin
        case .leastConnections: balance.algorithm = .leastConnections
        case .first: balance.algorithm = .first
        case .source: balance.algorithm = .source
        case .random(let draws):
            balance.algorithm = .random
            balance.draws = UInt16(clamping: draws)
        case .requestCookie(let name):
            balance.algorithm = .cookie
            balance.cookie = name
            balance.function =
                switch hash.function {
                case .sdbm: .sdbm
                case .djb2: .djb2
                case .wt6: .wt6
                case .crc32: .crc32
                }
            result.connectionRules.hasSamples = true
        // In mode tcp there is no request to look at: HAProxy takes turns then.
        case .request: balance.algorithm = .roundRobin
        }
        // Where the factor means nothing it must not make every choice count loads.
        let bounds = balance.algorithm == .random || balance.isHash && balance.isConsistent
        if !bounds { balance.loadFactor = 0 }
        result.balance = balance
        result.usesAllBackups = backend.usesAllBackups
        result.redispatchInterval = backend.redispatchInterval.map { Int32(clamping: $0) }
        result.fullConnections = fullConnections(backend)
        for rule in backend.useServers {
            guard let alternatives = Disjunction(rule.condition, of: backend.name) else {
                result.servers = []
                let reason = "the condition of 'use-server \(rule.server)' has too many alternatives"
                unserved.append(.init(kind: .backend, name: backend.name, reason: reason))
                return
            }
            if alternatives.neverHolds { continue }
            var compiled = ServerRule(server: rule.isComputed ? "" : rule.server, alternatives: alternatives.terms)
            if rule.isComputed {
                guard let format = formats.format(rule.server, of: backend.name) else {
                    result.servers = []
                    let reason = "the name '\(rule.server)' of 'use-server' is not made yet"
                    unserved.append(.init(kind: .backend, name: backend.name, reason: reason))
                    return
                }
                compiled.format = format
                result.connectionRules.hasSamples = true
            }
            compiled.isInverted = alternatives.isInverted
            if alternatives.hasSamples { result.connectionRules.hasSamples = true }
            result.serverRules.append(compiled)
        }
    }

    func balance(_ result: inout ProxyEngine.Server, _ server: ProxyConfig.Server, of backend: ProxyConfig.Backend) {
        result.limits = ServerLimits(
            maxConnections: UInt32(clamping: max(0, server.maxConnections ?? 0)),
            minConnections: UInt32(clamping: max(0, server.minConnections ?? 0)),
            maxQueue: UInt32(clamping: max(0, server.maxQueue ?? 0))
        )
        // HAProxy counts slow starts in whole seconds.
        result.slowStart = UInt32(clamping: (max(0, server.slowStart ?? 0) + 999) / 1000)
        result.shutsSessionsWhenDown = server.shutsSessionsWhenDown
        result.shutsBackupSessionsWhenUp = server.shutsBackupSessionsWhenUp
        if let track = server.track {
            let parts = track.split(separator: "/", maxSplits: 1).map { String($0) }
            result.track =
                parts.count == 2
                ? ServerReference(backend: parts[0], server: parts[1])
                : ServerReference(backend: backend.name, server: track)
        }
    }

    /// Without `fullconn`: a tenth of what the frontends may send to the backend together.
    private func fullConnections(_ backend: ProxyConfig.Backend) -> UInt32 {
        if let count = backend.fullConnections, count > 0 { return UInt32(clamping: count) }
        // Only `minconn` asks for it.
        guard backend.servers.contains(where: { ($0.minConnections ?? 0) > 0 }) else { return 0 }
        var total = 0
        for frontend in model.frontends where !frontend.isDisabled {
            let isOwn = frontend.isListen && frontend.name == backend.name
            let isUsed =
                isOwn || frontend.defaultBackend == backend.name
                || frontend.useBackends.contains { $0.backend == backend.name }
            guard isUsed else { continue }
            let own = frontend.maxConnections ?? 0
            total += min(10_000_000, own > 0 ? own : settings.maxConnections)
        }
        return UInt32(clamping: max(1, (total + 9) / 10))
    }
}

/// The numbers that HAProxy knows servers by, which hashes and `balance first` go by.
enum ServerNumbers {
    /// Those of `id`; for the others the lowest that is free, counted from their place on.
    static func numbers(of servers: [ProxyConfig.Server]) -> [UInt32] {
        if servers.indices.allSatisfy({ servers[$0].id == nil }) { return (0..<servers.count).map { UInt32($0 + 1) } }
        var taken = Set(servers.compactMap { $0.id })
        var next = 1
        return servers.map { server in
            defer { next += 1 }
            if let id = server.id { return UInt32(clamping: id) }
            while !taken.insert(next).inserted { next += 1 }
            return UInt32(clamping: next)
        }
    }
}
