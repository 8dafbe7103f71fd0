internal import Addresses
internal import Diagnostics
internal import Explanation
internal import ProxyConfig

/// The servers of every backend are reached by the right table, and some of each are up.
struct BackendsCheck: DoctorCheck {
    static let name = "backends"

    /// So many findings of one kind.
    private static let most = 20

    func findings(_ context: DoctorContext) throws -> [Finding] {
        guard let model = context.proxy.model else {
            return [Finding(.skipped, Self.name, "haproxy.cfg is not there, or refused")]
        }
        let routes = ServerRoutes(context.routes, context.configuration)
        var ways: [Finding] = []
        var down: [Finding] = []
        var seen: Set<SocketAddress> = []
        var count = 0
        for backend in model.backends where !backend.isDisabled && !backend.servers.isEmpty {
            var up = 0
            for server in backend.servers {
                count += 1
                let status = context.proxy.status(ofServer: server.name, of: backend.name)
                up += status?.takesConnections ?? true ? 1 : 0
                guard let leg = routes.leg(to: server, of: backend), seen.insert(server.address).inserted,
                    let problem = routes.problem(leg)
                else { continue }
                let subject = "\(backend.name)/\(server.name)"
                let state: Finding.State = leg.actual.failure != nil || leg.difference != nil ? .failed : .warning
                ways.append(Finding(state, subject, "\(server.address): \(problem.message)", remedy: problem.remedy))
            }
            if up == 0 {
                let all = backend.servers.count
                down.append(
                    Finding(
                        .failed,
                        backend.name,
                        all == 1
                            ? "its only server takes no connections" : "none of its \(all) servers takes connections",
                        remedy: "see whether they run and let the appliance in; appliance-net explain vip tells more"
                    )
                )
            }
        }
        let findings = Array(ways.prefix(Self.most)) + Array(down.prefix(Self.most))
        if !findings.isEmpty { return findings }
        if count == 0 { return [Finding(.skipped, Self.name, "there is no server yet")] }
        return [.ok(Self.name, "\(count) server\(count == 1 ? "" : "s") reached by the right table")]
    }
}
