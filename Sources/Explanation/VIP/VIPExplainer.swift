public import Addresses
internal import Diagnostics
internal import Guard
internal import Netlink
public import NetworkFiles
public import Nftables
internal import ProxyConfig

/// Follows a connection to a virtual address: range, route, frontend, backend, servers.
public struct VIPExplainer {
    private let routes: RouteExplainer
    /// nil where it could not be read.
    private let configuration: NetworkConfiguration?
    private let proxy: ProxyView
    /// The guard's table as the kernel has it; nil: there is none.
    private let packetFilter: Table?

    public init(
        _ routes: RouteExplainer,
        _ configuration: NetworkConfiguration?,
        _ proxy: ProxyView,
        guard packetFilter: Table?
    ) {
        self.routes = routes
        self.configuration = configuration
        self.proxy = proxy
        self.packetFilter = packetFilter
    }

    /// - Parameters:
    ///   - address: The virtual address.
    ///   - port: nil for every port that something is bound to.
    ///   - client: Where connections come from; for the reply's way.
    ///   - conflict: Who else has the address; nil: nobody, as far as is known.
    public func explain(
        _ address: IPAddress,
        port: UInt16?,
        client: IPAddress,
        conflict: MACAddress? = nil
    ) -> VIPExplanation {
        var explanation = VIPExplanation(
            address: address,
            port: port,
            route: routes.explain(from: client, to: address)
        )
        addRange(&explanation)
        if let conflict {
            explanation.findings.append(
                Finding(
                    .failed,
                    "conflict",
                    "\(conflict) has \(address) too",
                    remedy: "take the address away from that host, or the service to another address"
                )
            )
        }
        addClient(client, &explanation)
        addRoute(&explanation)
        addVerdict(&explanation)
        addFrontends(&explanation)
        return explanation
    }

    private func addRange(_ explanation: inout VIPExplanation) {
        let address = explanation.address
        guard let configuration else {
            explanation.findings.append(Finding(.skipped, "range", "the network's files cannot be read"))
            return
        }
        if let range = configuration.anyIPRoutes.ranges.first(where: { $0.value.contains(address) }) {
            explanation.range = range.value
            explanation.line = range.position.line
            let place = "line \(range.position.line) of \(AnyIPRoutesFile.path)"
            explanation.findings.append(.ok("range", "\(range.value), \(place)"))
        } else if routes.own.contains(address) {
            explanation.findings.append(.ok("range", "in none; it has a route of its own, by own_address of [guard]"))
        } else if routes.isOurs(address) {
            explanation.findings.append(.ok("range", "in none; it is an address of the appliance itself"))
        } else {
            explanation.findings.append(
                Finding(
                    .failed,
                    "range",
                    "in none, and no address of the appliance",
                    remedy: "appliance-net vip add \(address)/\(address.family.bits), or a range around it"
                )
            )
        }
    }

    /// A client that gets no answer, or only one that comes by another way than it may have.
    private func addClient(_ client: IPAddress, _ explanation: inout VIPExplanation) {
        let range = configuration?.anyIPRoutes.ranges.first { $0.value.contains(client) }
        if let range, client != explanation.address {
            explanation.findings.append(
                Finding(
                    .failed,
                    "client",
                    "\(client) lies in the range \(range.value): no reply leaves for it",
                    remedy: "take it out of the range, or give the client another address"
                )
            )
        }
        let management = configuration?.appliance.interfaces.first { $0.role == .management }
        if let network = management?.addresses.first(where: { $0.value.network.contains(client) })?.value.network {
            explanation.findings.append(
                Finding(
                    .warning,
                    "client",
                    "\(client) lies in management's network, \(network): what comes in by management reaches no virtual address",
                    remedy:
                        "its way to \(explanation.address) must lead by a router, not by the appliance's management address"
                )
            )
        }
    }

    private func addRoute(_ explanation: inout VIPExplanation) {
        for leg in explanation.route.legs {
            let subject = leg.kind == .reply ? "reply" : "route"
            let words = leg.actual.text(routes.names)
            if let difference = leg.difference {
                explanation.findings.append(Finding(.failed, subject, difference.message, remedy: difference.remedy))
            } else if leg.actual.failure != nil, leg.kind == .reply, let awaited = awaited(explanation.address) {
                let message =
                    "none leaves: \(awaited.rawValue), which it belongs to, has no network; no lease that can be used has come"
                explanation.findings.append(
                    Finding(
                        .failed,
                        subject,
                        message,
                        remedy: "appliance-net status; see whether a DHCP server answers there, or give an address in "
                            + ApplianceFile.path
                    )
                )
            } else if leg.actual.failure != nil {
                let remedy =
                    "appliance-net explain route \(leg.lookup.source ?? explanation.address) \(leg.lookup.destination)"
                explanation.findings.append(Finding(.failed, subject, words, remedy: remedy))
            } else {
                explanation.findings.append(.ok(subject, words))
            }
        }
    }

    /// The interface that replies from an address wait for.
    private func awaited(_ address: IPAddress) -> InterfaceRole? {
        let ranges = configuration?.anyIPRoutes.ranges.flatMap { $0.value.networks } ?? []
        guard let range = ranges.first(where: { $0.contains(address) }),
            case .awaiting(let role, _) = configuration?.replyWay(of: range)
        else { return nil }
        return role
    }

    /// What the guard does with connections, by the way that replies go.
    private func addVerdict(_ explanation: inout VIPExplanation) {
        if packetFilter == nil, configuration?.appliance.guardPolicy.isEnabled == false {
            return explanation.findings.append(.ok("guard", "switched off by [guard]: what listens answers"))
        }
        guard let packetFilter else {
            let remedy = "systemctl start appliance-net.service: it makes the guard"
            let words = "there is none: every port that something listens on answers"
            return explanation.findings.append(Finding(.warning, "guard", words, remedy: remedy))
        }
        let interface = explanation.route.legs.first { $0.kind == .incoming }?.lookup.input
        let bound = proxy.model?.serving(explanation.address, port: nil).flatMap {
            $0.address.ports.map { Array($0) } ?? []
        }
        let ports = explanation.port.map { [$0] } ?? Set(bound ?? []).sorted()
        for port in ports.prefix(16) {
            let verdict = GuardVerdict(packetFilter, explanation.address, port: port, by: interface)
            explanation.verdicts.append(VIPExplanation.Verdict(port: port, verdict: verdict))
            let words = "port \(port) \(verdict.words)"
            if verdict.isAccepted {
                explanation.findings.append(.ok("guard", words))
            } else if let model = proxy.model, model.serving(explanation.address, port: port).isEmpty {
                explanation.findings.append(.ok("guard", words + ": as it should be, no frontend is bound to it"))
            } else {
                let remedy = "the guard follows the proxy's listeners: see whether it listens there"
                explanation.findings.append(Finding(.failed, "guard", words, remedy: remedy))
            }
        }
    }

    private func addFrontends(_ explanation: inout VIPExplanation) {
        guard let model = proxy.model else {
            let why = proxy.file == nil ? "there is no \(proxy.path)" : "\(proxy.path) is refused"
            explanation.findings.append(
                Finding(
                    .failed,
                    "frontend",
                    why,
                    remedy: "appliance-net validate says why; the former one may still serve"
                )
            )
            return
        }
        if let silence = proxy.silence {
            explanation.findings.append(
                Finding(.failed, "proxy", silence, remedy: "systemctl status appliance-proxy.service")
            )
        }
        let serving = model.serving(explanation.address, port: explanation.port)
        if serving.isEmpty { explanation.findings.append(nothing(explanation, model)) }
        for item in serving { add(item, model, &explanation) }
    }

    private func nothing(_ explanation: VIPExplanation, _ model: ProxyModel) -> Finding {
        let others = explanation.port == nil ? [] : model.serving(explanation.address, port: nil)
        let ports = others.map { $0.address.description }.joined(separator: ", ")
        let isVirtual = explanation.range != nil || routes.own.contains(explanation.address)
        if !isVirtual, routes.isOurs(explanation.address) {
            return Finding(
                .failed,
                "frontend",
                "no frontend is bound to \(explanation.name), which is an address of the appliance itself",
                remedy: "give a virtual address; appliance-net doctor looks at the API and the other services"
            )
        }
        return Finding(
            .failed,
            "frontend",
            "no frontend is bound to \(explanation.name)" + (others.isEmpty ? "" : ", but to \(ports)"),
            remedy: "have the control plane make the service, or add a bind to haproxy.cfg"
        )
    }

    private func add(_ item: ProxyModel.Serving, _ model: ProxyModel, _ explanation: inout VIPExplanation) {
        let frontend = item.frontend
        let bind = item.address.description
        let line = frontend.place(of: item.bind.position).line
        let quarantine =
            proxy.quarantine(of: frontend.name, at: bind) ?? item.bind.quarantine ?? frontend.quarantine.first
        let status = proxy.status(ofFrontend: frontend.name)
        var part = VIPExplanation.Frontend(
            name: frontend.name,
            line: line,
            bind: bind,
            status: status?.words,
            quarantine: quarantine,
            backends: []
        )
        let subject = "frontend \(frontend.name)"
        let words = "bind \(bind), line \(line) of \(proxy.path)"
        if let quarantine {
            let remedy = "mend what it says; it is tried again by itself"
            explanation.findings.append(
                Finding(.failed, subject, "\(words), does not serve: \(quarantine)", remedy: remedy)
            )
        } else if proxy.isRunning, status == nil {
            explanation.findings.append(
                Finding(
                    .failed,
                    subject,
                    "\(words); the running proxy does not know it",
                    remedy: "systemctl reload haproxy"
                )
            )
        } else {
            explanation.findings.append(.ok(subject, words + (status.map { ", \($0.words)" } ?? "")))
        }
        let backends = model.backends(of: frontend)
        if backends.isEmpty {
            explanation.findings.append(
                Finding(.failed, "backend", "\(frontend.name) has none", remedy: "give it a default_backend")
            )
        }
        for backend in backends { part.backends.append(add(backend, frontend, &explanation)) }
        explanation.frontends.append(part)
    }

    private func add(
        _ backend: Backend,
        _ frontend: Frontend,
        _ explanation: inout VIPExplanation
    ) -> VIPExplanation.Backend {
        let isConditional =
            !(frontend.isListen && frontend.name == backend.name) && frontend.defaultBackend != backend.name
        var part = VIPExplanation.Backend(name: backend.name, isConditional: isConditional, servers: [])
        var servers: [Finding] = []
        for server in backend.servers {
            let (value, finding) = ServerRoutes(routes, configuration).explain(server, of: backend, proxy)
            part.servers.append(value)
            servers.append(finding)
        }
        let up = part.servers.count { $0.takesConnections ?? true }
        let words = "servers that take connections: \(up) of \(part.servers.count)"
        let state: Finding.State = up > 0 ? .ok : isConditional ? .warning : .failed
        let condition = isConditional ? ", for connections that use_backend says" : ""
        explanation.findings.append(
            Finding(
                state,
                "backend \(backend.name)",
                words + (part.isUnchecked ? ", as nobody checks them" : "") + condition,
                remedy: up > 0 ? nil : "see what is wrong with its servers"
            )
        )
        explanation.findings += servers
        return part
    }
}
