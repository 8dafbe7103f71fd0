/// A change of one server while it runs (management guide, `set server`). It holds until the configuration changes what
/// it is about, or the process ends.
public struct ServerOrder: Hashable, Sendable {
    public enum Action: Hashable, Sendable {
        case administer(Administration)
        /// 0-256, in place of the configured one.
        case weight(UInt32)
        /// In place of the configured one; 0 is no limit.
        case maxConnections(UInt32)
        /// As if checks had said so; the next check may say something else.
        case health(Health)
        /// The same of the agent.
        case agent(isUp: Bool)
        /// Checks go on, or pause.
        case checks(Bool)
        case agentChecks(Bool)
        /// All of its sessions end.
        case shutSessions
        /// It goes on as it was before this process.
        case restore(ServerRestoration)
    }

    public enum Health: UInt8, Hashable, Sendable {
        case up = 0
        case stopping = 1
        case down = 2
    }

    /// Who gives it, for the log.
    public enum Giver: UInt8, Hashable, Sendable {
        case command = 0
        /// A form of the statistics page, and two of its actions, which HAProxy names.
        case page = 1
        case disableOfPage = 2
        case stopOfPage = 3

        /// Why a server is up or down now.
        var reason: String { self == .command ? ", changed from CLI" : ", changed from Web interface" }

        /// Why it goes into maintenance or drains; empty: nothing is said of it.
        var cause: String {
            switch self {
            case .command, .page: ""
            case .disableOfPage: " ('disable' on stats page)"
            case .stopOfPage: " ('stop' on stats page)"
            }
        }
    }

    public var backend: String
    public var server: String
    public var action: Action
    public var giver: Giver
    /// The log tells of it; not of what a server was before this process.
    public var isLogged = true

    public init(backend: String, server: String, action: Action, by giver: Giver = .command) {
        self.backend = backend
        self.server = server
        self.action = action
        self.giver = giver
    }

    public func encoded() -> [UInt8] {
        var writer = ByteWriter()
        writer.string(backend)
        writer.string(server)
        let (kind, value): (UInt8, UInt32) =
            switch action {
            case .administer(let administration): (0, UInt32(administration.rawValue))
            case .weight(let weight): (1, weight)
            case .maxConnections(let limit): (2, limit)
            case .health(let health): (3, UInt32(health.rawValue))
            case .agent(let isUp): (4, isUp ? 1 : 0)
            case .checks(let isOn): (5, isOn ? 1 : 0)
            case .agentChecks(let isOn): (6, isOn ? 1 : 0)
            case .shutSessions: (7, 0)
            case .restore: (8, 0)
            }
        writer.number(kind)
        writer.number(value)
        writer.number(isLogged ? 1 as UInt8 : 0)
        writer.number(giver.rawValue)
        if case .restore(let former) = action { former.write(to: &writer) }
        return writer.bytes
    }

    /// - Throws: ``MalformedSnapshot`` for bytes that ``encoded()`` did not make.
    public init(encoded bytes: [UInt8]) throws(MalformedSnapshot) {
        var reader = ByteReader(bytes)
        backend = try reader.string()
        server = try reader.string()
        let kind: UInt8 = try reader.number()
        let value: UInt32 = try reader.number()
        let logged: UInt8 = try reader.number()
        guard let giver = Giver(rawValue: try reader.number()) else { throw MalformedSnapshot() }
        isLogged = logged != 0
        self.giver = giver
        switch (
            kind, Administration(rawValue: UInt8(truncatingIfNeeded: value)),
            Health(rawValue: UInt8(truncatingIfNeeded: value))
        ) {
        case (0, let administration?, _): action = .administer(administration)
        case (1, _, _): action = .weight(value)
        case (2, _, _): action = .maxConnections(value)
        case (3, _, let health?): action = .health(health)
        case (4, _, _): action = .agent(isUp: value != 0)
        case (5, _, _): action = .checks(value != 0)
        case (6, _, _): action = .agentChecks(value != 0)
        case (7, _, _): action = .shutSessions
        case (8, _, _): action = .restore(try ServerRestoration(&reader))
        default: throw MalformedSnapshot()
        }
    }
}
