internal import Addresses
internal import Netlink
public import NetworkFiles
public import ProxyConfig

/// How a server is, and whether it is reached by the right way.
public struct ServerRoutes {
    private let routes: RouteExplainer
    /// The index of the management interface, where there is a workload interface beside it.
    private let management: Int?

    public init(_ routes: RouteExplainer, _ configuration: NetworkConfiguration?) {
        self.routes = routes
        let roles = configuration?.appliance.interfaces.map { $0.role } ?? []
        let hasOther = roles.contains(.workload) && roles.contains(.management)
        management = hasOther ? routes.names.names.first { $0.value == InterfaceRole.management.rawValue }?.key : nil
    }

    /// The way to a server, as the proxy's sockets go.
    public func leg(to server: Server, of backend: Backend) -> RouteExplanation.Leg? {
        guard case .ip(let address, _) = server.address, !address.isUnspecified else { return nil }
        var source: IPAddress?
        if case .ip(let own, _)? = (server.source ?? backend.source)?.address, !own.isUnspecified { source = own }
        return routes.leg(.outgoing, RouteLookup(from: source, to: address))
    }

    /// What is wrong with the way to a server; nil if nothing is.
    public func problem(_ leg: RouteExplanation.Leg) -> (message: String, remedy: String)? {
        if let difference = leg.difference { return (difference.message, difference.remedy) }
        if let failure = leg.actual.failure {
            return (failure, "add its network to \(WorkloadNetworksFile.path), or a route to it")
        }
        if let management, leg.actual.route?.interface == management {
            return (
                "it is reached by management (\(leg.actual.text(routes.names)))",
                "if it is behind the workload gateway, add its network to \(WorkloadNetworksFile.path)"
            )
        }
        return nil
    }

    func explain(
        _ server: Server,
        of backend: Backend,
        _ proxy: ProxyView
    ) -> (VIPExplanation.Server, Finding) {
        let status = proxy.status(ofServer: server.name, of: backend.name)
        let leg = leg(to: server, of: backend)
        let value = VIPExplanation.Server(
            name: server.name,
            address: server.address.description,
            status: status?.words,
            check: status?.check,
            takesConnections: status?.takesConnections,
            isUnchecked: status?.isUnchecked ?? false,
            route: leg.map { $0.actual.text(routes.names) }
        )
        let subject = "server \(backend.name)/\(server.name)"
        let health = status.map { "\($0.words)" + ($0.check.map { check in " (\(check))" } ?? "") }
        let words = [value.address, health, value.route].compactMap { $0 }.joined(separator: ", ")
        if let problem = leg.flatMap({ problem($0) }) {
            return (value, Finding(.warning, subject, "\(words); \(problem.message)", remedy: problem.remedy))
        }
        if let quarantine = server.quarantine {
            return (value, Finding(.warning, subject, "\(words); \(quarantine)", remedy: "mend what it says"))
        }
        if let status, !status.takesConnections {
            let remedy = "see whether the server listens there, and lets the appliance's addresses in"
            return (value, Finding(.warning, subject, words, remedy: remedy))
        }
        return (value, .ok(subject, words))
    }
}
