internal import Explanation
internal import Netlink

/// The way of packets as `--json` shows it.
struct RouteJSON: Encodable {
    struct RuleJSON: Encodable {
        var priority: UInt32
        var description: String
        var `protocol`: String

        init(_ rule: Rule) {
            priority = rule.priority
            description = rule.text
            `protocol` = rule.origin.description
        }
    }

    struct Path: Encodable {
        var rule: RuleJSON?
        var table: UInt32?
        var tableName: String?
        var route: String?
        var type: String?
        var gateway: String?
        var interface: String?
        /// Why there is no way.
        var failure: String?

        enum CodingKeys: String, CodingKey {
            case rule
            case table
            case tableName = "table_name"
            case route
            case type
            case gateway
            case interface
            case failure
        }

        init(_ path: RoutePath, _ explanation: RouteExplanation) {
            rule = path.rule.map { RuleJSON($0) }
            failure = path.failure
            guard let found = path.route else { return }
            table = found.table.rawValue
            tableName = explanation.tableNames[found.table] ?? found.table.description
            route = found.text(explanation.names)
            type = found.type.description
            gateway = found.gateway.map { "\($0)" }
            interface = found.interface.map { explanation.names[$0] }
        }
    }

    struct Leg: Encodable {
        var kind: String
        var source: String?
        var destination: String
        var input: String?
        var kernel: Path
        /// null where the configuration could not be read.
        var configuration: Path?
        /// Rules asked before, whose tables have no route for the packet.
        var passed: [RuleJSON]
        /// Rules asked before that select by more than addresses.
        var undecided: [RuleJSON]
        var difference: Difference?
    }

    struct Difference: Encodable {
        var message: String
        var remedy: String
    }

    var asConfigured: Bool
    var legs: [Leg]
    var notes: [String]

    enum CodingKeys: String, CodingKey {
        case asConfigured = "as_configured"
        case legs
        case notes
    }

    init(_ explanation: RouteExplanation) {
        asConfigured = explanation.isAsConfigured
        notes = explanation.notes
        legs = explanation.legs.map { leg in
            Leg(
                kind: leg.kind.rawValue,
                source: leg.lookup.source.map { "\($0)" },
                destination: "\(leg.lookup.destination)",
                input: leg.lookup.input.map { explanation.names[$0] },
                kernel: Path(leg.actual, explanation),
                configuration: leg.configured.map { Path($0, explanation) },
                passed: leg.actual.passed.map { RuleJSON($0) },
                undecided: leg.actual.undecided.map { RuleJSON($0) },
                difference: leg.difference.map { Difference(message: $0.message, remedy: $0.remedy) }
            )
        }
    }
}
