internal import Addresses
internal import CLinux

/// A backend compiled for the data path, with what outlives a change of it. Immutable; every plan that has it so shares it.
final class PlanBackend: @unchecked Sendable {
    // Raw memory that is written before the backend is shared, and never after.
    let entry: UnsafePointer<BackendEntry>
    let cells: Shared<BackendCells>
    let balance: BalanceOwner
    /// Whom its servers follow (`track`), in order; empty if none does.
    let tracks: [ServerReference?]
    /// The names that its servers' addresses come from, in order; empty if `resolvers` follow none.
    let followedNames: [String?]
    /// Lines of the log: servers that stay and have another address.
    let moves: [String]
    /// What it was made of, if one does.
    var followingDefinition: Backend? { following.first }
    /// Where its servers are configured to be, in order, where a command moved one; empty if none was.
    let origins: [Endpoint?]
    /// Of its servers in order, for those who ask how they are.
    let facts: UnsafePointer<ServerFacts>
    let algorithm: Balance.Algorithm
    /// `mode http`
    let isHTTP: Bool
    /// `disabled`
    let isDisabled: Bool
    /// The half of a `listen` section.
    let isListen: Bool
    /// Few have it, and an optional value has room for it in each of thousands.
    private let following: [Backend]
    private let memory: PlanMemory
    /// The tables that its rules point to.
    private let sticks: [SharedStickTable]
    /// What samples point to.
    private let kept: [AnyObject]
    /// What it looks through, in the order of its lines.
    var patterns: [PatternUse] { kept.compactMap { $0 as? PatternUse }.inOrder }

    var name: String { entry.pointee.name.string }

    /// Of its servers, in order.
    var servers: [Shared<ServerCells>] { balance.servers }

    /// - Parameters:
    ///   - former: The one of this name before; servers that stay keep their health and counters.
    ///   - catalog: Has the stick tables.
    init(_ backend: Backend, after former: PlanBackend?, _ memory: PlanMemory, _ catalog: inout PlanCatalog) {
        self.memory = memory
        cells = former?.cells ?? catalog.directory.awaited(backend: backend.name) ?? Shared(BackendCells())
        var compiler = catalog.directory.compiler(backend: (backend.name, cells))
        let servers = memory.arena.table(of: ServerEntry.self, count: backend.servers.count)
        var members: [Shared<ServerCells>] = []
        members.reserveCapacity(backend.servers.count)
        let known = FormerServers(former)
        var moves: [String] = []
        for (index, server) in backend.servers.enumerated() {
            let place = known.place(of: server, near: index)
            let own =
                place.flatMap { former?.servers[$0] }
                ?? Shared(
                    ServerCells(backend: cells.cells, server),
                    keeping: cells
                )
            members.append(own)
            if let mover = server.followed?.source ?? (server.origin == nil ? nil : "stats socket command"),
                let before = place.flatMap({ former?.entry.pointee.servers[$0].address }),
                before.endpoint.address != server.endpoint.address
            {
                moves.append(
                    "\(backend.name)/\(server.name) changed its IP from \(before.endpoint.address) to "
                        + "\(server.endpoint.address) by \(mover)."
                )
            }
            (servers + index).initialize(
                to: ServerEntry(
                    name: memory.arena.text(server.name),
                    address: SocketAddress(server.endpoint),
                    cells: own.cells,
                    special: memory.arena.special(server),
                    errorLimit: server.observation?.limit ?? 0
                )
            )
        }
        balance =
            former.flatMap { $0.balance.fits(backend, members) ? $0.balance : nil }
            ?? BalanceOwner(backend, cells, members)
        tracks = backend.servers.contains { $0.track != nil } ? backend.servers.map { $0.track } : []
        following = tracks.isEmpty ? [] : [backend]
        followedNames = backend.servers.contains { $0.followed != nil } ? backend.servers.map { $0.followed?.name } : []
        self.moves = moves
        origins = backend.servers.contains { $0.origin != nil } ? backend.servers.map { $0.origin } : []
        facts = memory.arena.copy(backend.servers.enumerated().map { ServerFacts($1, number: $1.number(at: $0)) })
        algorithm = backend.balance.algorithm
        isHTTP = backend.isHTTP
        isDisabled = backend.isDisabled
        isListen = backend.isListen
        sticks = backend.stickRules.compactMap { catalog.sticks[$0.table] }
        var entry = Self.entry(backend, servers, balance.state, cells.cells, &memory.arena, &compiler)
        entry.log = catalog.logs.group(backend.logGroup, tag: backend.logTag)
        entry.stick = Plan.stick(backend, &memory.arena, &compiler, &catalog)
        entry.connectionRules = memory.arena.connectionRules(backend.connectionRules, &compiler)
        kept = compiler.kept + compiler.uses
        self.entry = memory.arena.copy([entry])
    }

    private static func entry(
        _ backend: Backend,
        _ servers: UnsafeMutablePointer<ServerEntry>,
        _ balance: UnsafeMutablePointer<BalanceState>,
        _ cells: UnsafeMutablePointer<BackendCells>,
        _ arena: inout Arena,
        _ compiler: inout SampleCompiler
    ) -> BackendEntry {
        let rules = backend.serverRules.map { rule in
            let condition = arena.conditions(rule.alternatives, rule.isInverted, &compiler)
            let server = backend.servers.firstIndex { $0.name == rule.server }
            return ServerRuleEntry(
                server: server.map { UnsafePointer(servers + $0) },
                format: rule.format.map { arena.lineFormat($0, &compiler) },
                condition: condition
            )
        }
        let algorithm = backend.balance.algorithm
        let cookie = arena.text(backend.balance.cookie)
        return BackendEntry(
            name: arena.text(backend.name),
            servers: UnsafePointer(servers),
            serverCount: backend.servers.count,
            balance: balance,
            cells: cells,
            serverRules: arena.copy(rules),
            serverRuleCount: rules.count,
            connectTimeout: backend.connectTimeout ?? 0,
            serverTimeout: backend.serverTimeout ?? 0,
            serverFinTimeout: backend.serverFinTimeout ?? 0,
            tunnelTimeout: backend.tunnelTimeout ?? 0,
            // HAProxy: without `timeout queue` it is that of the connection.
            queueTimeout: backend.queueTimeout ?? backend.connectTimeout ?? 0,
            retries: backend.retries,
            abortsOnClose: backend.abortsOnClose,
            log: nil,
            stick: nil,
            redispatchInterval: backend.redispatchInterval ?? 0,
            isDeterministic: backend.balance.isHash,
            queuesFirst: algorithm == .roundRobin || algorithm == .staticRoundRobin || algorithm == .first,
            followsLoad: balance.pointee.followsLoad,
            hashesSource: algorithm == .source,
            cookieHash: algorithm == .cookie
                ? arena.copy([CookieHashEntry(name: cookie, function: backend.balance.function)]) : nil
        )
    }

    /// What speaks of the backend by its name speaks of this one from here on.
    func becomeNewest() {
        _ = clinux_atomic_exchange_pointer(&cells.cells.pointee.entry, UnsafeMutableRawPointer(mutating: entry))
    }

    /// The place of a server by its name; nil if there is none.
    func index(of server: String) -> Int? {
        (0..<entry.pointee.serverCount).first { entry.pointee.servers[$0].name.isSame(as: server) }
    }
}

/// Finds the servers of a former backend by name and place, which is who they are.
private struct FormerServers {
    private let backend: PlanBackend?
    private var byName: [String: [Int]] = [:]

    /// With more servers than this, those that have moved are looked up by name.
    private static let few = 8

    init(_ backend: PlanBackend?) {
        self.backend = backend
        guard let entry = backend?.entry, entry.pointee.serverCount > Self.few else { return }
        for index in 0..<entry.pointee.serverCount {
            byName[entry.pointee.servers[index].name.string, default: []].append(index)
        }
    }

    func place(of server: Server, near index: Int) -> Int? {
        guard let backend else { return nil }
        let entry = backend.entry.pointee
        func isSame(_ index: Int) -> Bool {
            let known = entry.servers[index]
            if let name = server.followed?.name, !backend.followedNames.isEmpty, backend.followedNames[index] == name {
                // Wherever it is now.
                return known.name.isSame(as: server.name) && known.address.port == server.endpoint.port
            }
            if server.origin != nil || !backend.origins.isEmpty {
                let place = backend.origins.isEmpty ? nil : backend.origins[index]
                return known.name.isSame(as: server.name)
                    && (place ?? known.address.endpoint) == (server.origin ?? server.endpoint)
            }
            return known.isSame(as: server)
        }
        if index < entry.serverCount, isSame(index) { return index }
        return byName.isEmpty
            ? (0..<entry.serverCount).first(where: isSame) : byName[server.name]?.first(where: isSame)
    }
}

extension ServerEntry {
    /// Whether it is `server`: its name and its place.
    func isSame(as server: Server) -> Bool {
        guard name.isSame(as: server.name) else { return false }
        let options = server.connection
        if let path = options.path {
            guard let place = special?.pointee.unix, let other = UnixAddress(path) else { return false }
            return place.isSame(as: other)
        }
        guard special?.pointee.unix == nil else { return false }
        if let offset = options.portOffset {
            guard let special, special.pointee.mapsPort, special.pointee.portOffset == offset else { return false }
            var place = SocketAddress(server.endpoint)
            place.port = address.port
            return address.isSame(as: place)
        }
        return special?.pointee.mapsPort != true && address.isSame(as: SocketAddress(server.endpoint))
    }
}
