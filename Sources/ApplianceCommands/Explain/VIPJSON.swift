internal import Explanation
internal import Guard

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

    struct Verdict: Encodable {
        var port: UInt16
        var accepted: Bool
        var reason: String
    }

    var address: String
    var port: UInt16?
    var range: String?
    var line: Int?
    var served: Bool
    var unchecked: [String]
    var findings: [FindingJSON]
    /// Empty where there is no guard.
    var guardVerdicts: [Verdict]
    var frontends: [Frontend]
    var route: RouteJSON

    enum CodingKeys: String, CodingKey {
        case address
        case port
        case range
        case line
        case served
        case unchecked
        case findings
        case guardVerdicts = "guard"
        case frontends
        case route
    }

    init(_ explanation: VIPExplanation) {
        guardVerdicts = explanation.verdicts.map {
            Verdict(port: $0.port, accepted: $0.verdict.isAccepted, reason: $0.verdict.words)
        }
        address = "\(explanation.address)"
        port = explanation.port
        range = explanation.range.map { "\($0)" }
        line = explanation.line
        served = explanation.isServed
        unchecked = explanation.unchecked
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
