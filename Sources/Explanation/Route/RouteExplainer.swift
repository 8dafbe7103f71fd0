public import Addresses
internal import Diagnostics
public import Netlink
public import NetworkFiles
public import NetworkState

/// Asks the kernel which way packets go, and the configuration which way they should.
public struct RouteExplainer {
    private let socket: NetlinkSocket
    /// What the kernel has.
    public let kernel: RoutingTables
    /// nil where the configuration could not be read.
    public let configured: RoutingTables?
    private let state: ActualState
    /// Virtual addresses outside every range that have routes of their own.
    let own: Set<IPAddress>
    private let tableNames: [RouteTable: String]

    /// - Parameters:
    ///   - socket: Answers for the namespace that it belongs to.
    ///   - state: What was read over it.
    ///   - configuration: nil if it cannot be read; then nothing is compared.
    ///   - own: Virtual addresses outside every range that have routes of their own.
    public init(
        _ socket: NetlinkSocket,
        _ state: ActualState,
        _ configuration: NetworkConfiguration?,
        own: Set<IPAddress> = []
    ) {
        self.socket = socket
        self.state = state
        self.own = own
        kernel = RoutingTables(state)
        configured = configuration.map { configuration in
            var desired = DesiredState(configuration)
            desired.add(own: own)
            return RoutingTables(desired, state)
        }
        let entries = configuration?.tables ?? []
        tableNames = Dictionary(
            entries.map { (RouteTable(UInt32($0.table.value)), RouteTablesFile.namePrefix + $0.name.value) }
        ) { first, _ in first }
    }

    public var names: InterfaceNames { state.names }

    /// Whether the machine answers for the address, or should.
    public func isOurs(_ address: IPAddress) -> Bool {
        kernel.isLocal(address) || configured?.isLocal(address) ?? false
    }

    /// Follows a packet from `source` to `destination`, and the answer if the packet comes to this machine.
    ///
    /// - Parameter input: The index of the interface that packets of others come in by; nil for the one that the answer
    ///   leaves by.
    public func explain(from source: IPAddress, to destination: IPAddress, input: Int? = nil) -> RouteExplanation {
        var explanation = RouteExplanation(
            source: source,
            destination: destination,
            legs: [],
            names: names,
            tableNames: tableNames
        )
        if isOurs(source), input == nil {
            explanation.legs = [leg(.outgoing, RouteLookup(from: source, to: destination))]
            return explanation
        }
        guard isOurs(destination) else {
            explanation.notes.append(
                "neither address is the appliance's, which sends on no packets of others: it answers for its own "
                    + "addresses and for its VIP ranges"
            )
            if let input {
                explanation.legs = [leg(.incoming, RouteLookup(from: source, to: destination, input: input))]
            }
            return explanation
        }
        let reply = leg(.reply, RouteLookup(from: destination, to: source))
        let way = reply.configured?.route?.interface ?? reply.actual.route?.interface
        if input == nil, let way {
            explanation.notes.append("the packet is taken to come in by \(names[way]); --interface names another")
        }
        if let input = input ?? way {
            explanation.legs.append(leg(.incoming, RouteLookup(from: source, to: destination, input: input)))
        }
        explanation.legs.append(reply)
        return explanation
    }

    /// One packet.
    public func leg(_ kind: RouteExplanation.Leg.Kind, _ lookup: RouteLookup) -> RouteExplanation.Leg {
        let actual = ask(lookup)
        let wanted = configured?.path(lookup)
        return RouteExplanation.Leg(
            kind: kind,
            lookup: lookup,
            actual: actual,
            configured: wanted,
            difference: wanted.flatMap { RouteDifference(actual, of: kernel, configured: $0, names) }
        )
    }

    /// The kernel tells the route and its table; the rule is the first for the packet that looks in that table.
    private func ask(_ lookup: RouteLookup) -> RoutePath {
        do throws(NetlinkError) {
            let route = try socket.route(lookup, names)
            var path = kernel.path(lookup, decidedIn: route.table)
            path.route = route
            return path
        } catch {
            var path = kernel.path(lookup)
            // The kernel has the word; where it rejects, the rule that it met is of interest only if that rejects too.
            if path.route != nil { path = RoutePath() }
            path.failure = Self.words(error, lookup, isLocal: lookup.source.map { kernel.isLocal($0) } ?? true)
            return path
        }
    }

    private static func words(_ error: NetlinkError, _ lookup: RouteLookup, isLocal: Bool) -> String {
        if lookup.input == nil, !isLocal, let source = lookup.source {
            return "the kernel does not take \(source) for its own (\(error))"
        }
        if lookup.input != nil, error.isMartian {
            return isLocal
                ? "the kernel drops what comes in from its own address (\(error))"
                : "the reverse-path filter drops it: the answer would leave by another interface (\(error))"
        }
        return "\(error)"
    }
}
