internal import HealthChecks

extension ByteWriter {
    mutating func write(_ check: CheckDefinition) {
        switch check.kind {
        case .connect: number(UInt8(0))
        case .tcp: number(UInt8(1))
        case .http: number(UInt8(2))
        case .named(let name):
            number(UInt8(3))
            string(name)
        case .agent: number(UInt8(4))
        }
        list(check.arguments) { $0.string($1) }
        list(check.rules) { $0.list($1) { $0.string($1) } }
    }

    mutating func write(_ check: CheckSettings) {
        number(check.interval)
        optional(check.fastInterval) { $0.number($1) }
        optional(check.downInterval) { $0.number($1) }
        number(check.fall)
        number(check.rise)
        optional(check.endpoint) { $0.endpoint($1) }
        optional(check.tls) {
            $0.flag($1.isUsed)
            $0.optional($1.authorities) { $0.string($1) }
            $0.optional($1.serverName) { $0.string($1) }
            $0.optional($1.protocols) { $0.string($1) }
        }
        optional(check.proxyHeader) { $0.write($1) }
        optional(check.path) { $0.string($1) }
    }

    mutating func write(_ header: ProxyHeaderOptions) {
        number(header.version)
        flag(header.checksum)
        flag(header.tls)
        flag(header.uniqueID)
    }

    mutating func write(_ agent: AgentSettings) {
        endpoint(agent.endpoint)
        number(agent.interval)
        optional(agent.question) { $0.string($1) }
    }

    mutating func write(_ observation: Observation) {
        number(observation.limit)
        number(observation.reaction.rawValue)
    }
}

extension ByteReader {
    mutating func checkDefinition() throws(MalformedSnapshot) -> CheckDefinition {
        let kind: CheckDefinition.Kind
        switch try number(UInt8.self) {
        case 0: kind = .connect
        case 1: kind = .tcp
        case 2: kind = .http
        case 3: kind = .named(try string())
        case 4: kind = .agent
        default: throw MalformedSnapshot()
        }
        let arguments = try list { (reader) throws(MalformedSnapshot) in try reader.string() }
        let rules = try list { (reader) throws(MalformedSnapshot) in
            try reader.list { (reader) throws(MalformedSnapshot) in try reader.string() }
        }
        return CheckDefinition(kind, arguments: arguments, rules: rules)
    }

    mutating func checkSettings() throws(MalformedSnapshot) -> CheckSettings {
        var check = CheckSettings(interval: try number())
        check.fastInterval = try optionalNumber()
        check.downInterval = try optionalNumber()
        check.fall = try number()
        check.rise = try number()
        check.endpoint = try flag() ? try endpoint() : nil
        if try flag() {
            let isUsed = try flag()
            let authorities = try optionalString()
            let serverName = try optionalString()
            check.tls = TLSSettings(
                isUsed: isUsed,
                authorities: authorities,
                serverName: serverName,
                protocols: try optionalString()
            )
        }
        check.proxyHeader = try flag() ? try proxyHeader() : nil
        check.path = try optionalString()
        return check
    }

    mutating func proxyHeader() throws(MalformedSnapshot) -> ProxyHeaderOptions {
        ProxyHeaderOptions(
            version: try number(),
            checksum: try flag(),
            tls: try flag(),
            uniqueID: try flag()
        )
    }

    mutating func agentSettings() throws(MalformedSnapshot) -> AgentSettings {
        let endpoint = try endpoint()
        let interval = try number(UInt32.self)
        return AgentSettings(endpoint: endpoint, interval: interval, question: try optionalString())
    }

    mutating func observation() throws(MalformedSnapshot) -> Observation {
        let limit = try number(UInt32.self)
        guard let reaction = Observation.Reaction(rawValue: try number()) else { throw MalformedSnapshot() }
        return Observation(limit: limit, reaction: reaction)
    }

    mutating func optionalString() throws(MalformedSnapshot) -> String? { try flag() ? try string() : nil }
}
