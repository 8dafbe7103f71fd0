internal import Explanation

/// A virtual address as `explain vip --json` shows it.
struct VIPJSON: Encodable {
    struct Frontend: Encodable {
        var name: String
        var line: Int
        var bind: String
        var status: String?
        var quarantine: String?
        var backends: [Backend]
    }

    struct Backend: Encodable {
        var name: String
        var conditional: Bool
        var servers: [Server]
    }

    struct Server: Encodable {
        var name: String
        var address: String
        var status: String?
        var check: String?
        var route: String?
    }

    var address: String
    var port: UInt16?
    var range: String?
    var line: Int?
    var served: Bool
    var findings: [FindingJSON]
    var frontends: [Frontend]
    var route: RouteJSON

    init(_ explanation: VIPExplanation) {
        address = "\(explanation.address)"
        port = explanation.port
        range = explanation.range.map { "\($0)" }
        line = explanation.line
        served = explanation.isServed
        findings = explanation.findings.map { FindingJSON($0) }
        route = RouteJSON(explanation.route)
        frontends = explanation.frontends.map { frontend in
            Frontend(
                name: frontend.name,
                line: frontend.line,
                bind: frontend.bind,
                status: frontend.status,
                quarantine: frontend.quarantine,
                backends: frontend.backends.map { backend in
                    Backend(
                        name: backend.name,
                        conditional: backend.isConditional,
                        servers: backend.servers.map {
                            Server(
                                name: $0.name,
                                address: $0.address,
                                status: $0.status,
                                check: $0.check,
                                route: $0.route
                            )
                        }
                    )
                }
            )
        }
    }
}
