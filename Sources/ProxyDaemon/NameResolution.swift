internal import Addresses
internal import Glibc
internal import HealthChecks
internal import ProxyConfig

/// Host names in `bind` and `server` lines, resolved by the C library when a configuration is read, as HAProxy does. A
/// name that does not resolve puts its line into quarantine, and is asked for again.
///
/// A name that had an address keeps it while name servers say nothing: a change must not take away what serves.
struct NameResolution {
    /// Milliseconds that look-ups without a result may take in all; what is left then is asked for in the background.
    static let patience: UInt64 = 5000

    /// Names without an address, each once, and the servers that have them.
    private(set) var unresolved: [String] = []
    private(set) var servers: [(backend: String, server: Server, name: String)] = []
    private var turns: [String: Int] = [:]
    private var known: [String: IPAddress?] = [:]
    /// Names that do not resolve, and keep the address that they had.
    private(set) var kept: [String] = []
    private let former: FormerAddresses
    private var wasted: UInt64 = 0
    private let clock: () -> UInt64
    private let lookUp: (String) -> IPAddress?

    init(
        former: FormerAddresses = .shared,
        clock: @escaping () -> UInt64 = Clocks.monotonic,
        lookUp: @escaping (String) -> IPAddress? = NameResolution.address
    ) {
        self.former = former
        self.clock = clock
        self.lookUp = lookUp
    }

    var warnings: [String] { kept.map { "the name '\($0)' does not resolve now, and keeps the address it had" } }

    mutating func resolve(_ model: inout ProxyModel) {
        let (binds, servers) = Self.quarantined(model)
        for (frontend, bind) in binds { resolve(&model.frontends[frontend].binds[bind]) }
        for (backend, server) in servers {
            let name = model.backends[backend].name
            resolve(&model.backends[backend].servers[server], of: name)
            resolvePlaces(&model.backends[backend].servers[server], of: name)
        }
        for backend in model.backends.indices where !model.backends[backend].check.rules.isEmpty {
            resolvePlaces(&model.backends[backend].check)
        }
        resolveLogs(&model)
    }

    private mutating func resolveLogs(_ model: inout ProxyModel) {
        resolve(&model.global.logTargets)
        for index in model.frontends.indices where Self.hasName(model.frontends[index].logTargets) {
            resolve(&model.frontends[index].logTargets)
        }
        for index in model.backends.indices where Self.hasName(model.backends[index].logTargets) {
            resolve(&model.backends[index].logTargets)
        }
        for ring in model.rings.indices {
            for server in model.rings[ring].servers.indices { resolve(&model.rings[ring].servers[server].address) }
        }
    }

    private static func hasName(_ targets: [LogTarget]) -> Bool {
        targets.contains { target in
            switch target.destination {
            case .socket(.name), .stream(.name): true
            default: false
            }
        }
    }

    private mutating func resolve(_ targets: inout [LogTarget]) {
        for index in targets.indices {
            switch targets[index].destination {
            case .socket(var address):
                resolve(&address)
                targets[index].destination = .socket(address)
            case .stream(var address):
                resolve(&address)
                targets[index].destination = .stream(address)
            case .standardOutput, .standardError, .ring: break
            }
        }
    }

    /// What does not resolve keeps its name, and is asked for again.
    private mutating func resolve(_ address: inout ProxyConfig.SocketAddress) {
        guard case .name(let name, let ports) = address, let found = self.address(of: name) else { return }
        address = .ip(found, ports: ports)
    }

    /// Whoever has no quarantine has no name; asking first saves a copy of the whole model.
    private static func quarantined(
        _ model: ProxyModel
    ) -> (binds: [(frontend: Int, bind: Int)], servers: [(backend: Int, server: Int)]) {
        var binds: [(Int, Int)] = []
        for frontend in model.frontends.indices {
            for bind in model.frontends[frontend].binds.indices
            where model.frontends[frontend].binds[bind].quarantine != nil {
                binds.append((frontend, bind))
            }
        }
        var servers: [(Int, Int)] = []
        for backend in model.backends.indices {
            for server in model.backends[backend].servers.indices
            where Self.hasName(model.backends[backend].servers[server]) { servers.append((backend, server)) }
        }
        return (binds, servers)
    }

    private mutating func resolve(_ bind: inout Bind) {
        guard bind.quarantine?.hasPrefix(Self.mark) ?? false else { return }
        bind.quarantine = nil
        for index in bind.addresses.indices {
            guard case .name(let name, let ports) = bind.addresses[index] else { continue }
            if let address = address(of: name) {
                bind.addresses[index] = .ip(address, ports: ports)
            } else {
                bind.quarantine = Self.reason(name)
            }
        }
    }

    private mutating func resolve(_ server: inout Server, of backend: String) {
        guard case .name(let name, let ports) = server.address, server.quarantine?.hasPrefix(Self.mark) ?? false
        else { return }
        server.hostName = name
        if server.resolvers != nil { server.followedName = name }
        if let address = runTimeAddress(server, of: backend, name) {
            server.address = address.map { .ip($0, ports: ports) } ?? server.address
            server.quarantine = address == nil ? "the name '\(name)' has no address for this server now" : nil
            return
        }
        var address: IPAddress?
        for method in server.initialAddresses where address == nil {
            if method == "none" {
                server.quarantine = "the name '\(name)' has no address yet"
                return
            }
            // There is no state file that knows the last one.
            if method == "libc" { address = self.address(of: name) } else { address = IPAddress(method) }
        }
        if let address {
            server.address = .ip(address, ports: ports)
            server.quarantine = nil
        } else {
            server.quarantine = Self.reason(name)
            servers.append((backend, server, name))
        }
    }

    private static func hasName(_ server: borrowing Server) -> Bool {
        server.quarantine != nil || server.checkName != nil || server.agentName != nil
    }

    /// Where its check and its agent go to (`addr`, `agent-addr`): asked for once, as by HAProxy.
    private mutating func resolvePlaces(_ server: inout Server, of backend: String) {
        for (place, address) in [
            (\Server.checkName, \Server.checkAddress), (\Server.agentName, \Server.agentAddress),
        ] {
            guard let name = server[keyPath: place] else { continue }
            if let found = self.address(of: name) {
                server[keyPath: address] = found
            } else if server.quarantine == nil {
                // HAProxy does not start then.
                server.quarantine = Self.reason(name)
                servers.append((backend, server, name))
            }
        }
    }

    /// Where `connect addr` of a check goes to: asked for once, as by HAProxy. Who has no address fails.
    private mutating func resolvePlaces(_ check: inout CheckDefinition) {
        for (rule, word) in check.places {
            let place = check.rules[rule][word]
            // Sockets, and IPv6.
            if place.contains("@") || place.hasPrefix("[") { continue }
            let end = place.lastIndex(of: ":") ?? place.endIndex
            let name = String(place[..<end])
            guard IPAddress(name) == nil, let found = address(of: name) else { continue }
            check.rules[rule][word] = "\(ProxyConfig.SocketAddress.ip(found, ports: nil))" + place[end...]
        }
    }

    /// What a `resolvers` section has found out: each server of a backend with that name has an address of its own. nil:
    /// nothing yet.
    private mutating func runTimeAddress(_ server: Server, of backend: String, _ name: String) -> IPAddress?? {
        guard let section = server.resolvers,
            let addresses = ResolvedNames.shared[.init(section: section, name: name)]
        else { return nil }
        let turn = turns["\(backend)/\(section)/\(name)", default: 0]
        turns["\(backend)/\(section)/\(name)"] = turn + 1
        return .some(turn < addresses.count ? addresses[turn] : nil)
    }

    /// How the check begins to say that it left a name alone.
    private static let mark = "the name '"

    private static func reason(_ name: String) -> String { "the name '\(name)' does not resolve" }

    private mutating func address(of name: String) -> IPAddress? {
        if let known = known[name] { return known }
        let address = askedAddress(of: name) ?? former[name]
        if address == nil { unresolved.append(name) }
        known[name] = address
        return address
    }

    private mutating func askedAddress(of name: String) -> IPAddress? {
        guard wasted < Self.patience else { return nil }
        let begin = clock()
        if let address = lookUp(name) {
            former[name] = address
            return address
        }
        wasted += clock() - begin
        if former[name] != nil { kept.append(name) }
        return nil
    }

    /// The first address that getaddrinfo(3) gives.
    static func address(of name: String) -> IPAddress? {
        var hints = addrinfo()
        hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(name, nil, &hints, &list) == 0 else { return nil }
        defer { freeaddrinfo(list) }
        guard let entry = list?.pointee, let raw = UnsafeRawPointer(entry.ai_addr) else { return nil }
        switch entry.ai_family {
        case AF_INET:
            let number = UInt32(bigEndian: raw.loadUnaligned(fromByteOffset: 4, as: UInt32.self))
            return IPAddress(family: .v4, number: UInt128(number))
        case AF_INET6:
            return IPAddress(
                family: .v6,
                number: UInt128(bigEndian: raw.loadUnaligned(fromByteOffset: 8, as: UInt128.self))
            )
        default: return nil
        }
    }
}
