public import Addresses

/// How often and where a server is checked; times in milliseconds. What a check does is the backend's.
public struct CheckSettings: Hashable, Sendable {
    /// Between two checks.
    public var interval: UInt32
    /// Between two checks while a state change is under way; nil: ``interval``.
    public var fastInterval: UInt32?
    /// Between two checks of a server that is down; nil: ``interval``.
    public var downInterval: UInt32?
    /// Failures in a row that take a server down, ``mostInARow`` at most.
    public var fall: UInt32
    /// The same of successes that bring it up.
    public var rise: UInt32
    /// `rise` and `fall` as high as this count together in 32 bits. HAProxy takes twice as many, and counts wrong with them.
    public static let mostInARow = UInt32(Int32.max / 2)
    /// Another port or address to check; nil: the server's own.
    public var endpoint: Endpoint?
    /// A unix socket to check (`addr`).
    public var path: String?
    /// `check-ssl`
    public var tls: TLSSettings?
    /// The check begins with a PROXY header (`send-proxy`, `check-send-proxy`).
    public var proxyHeader: ProxyHeaderOptions?

    public init(
        interval: UInt32 = 2000,
        fastInterval: UInt32? = nil,
        downInterval: UInt32? = nil,
        fall: UInt32 = 3,
        rise: UInt32 = 2,
        endpoint: Endpoint? = nil
    ) {
        self.interval = interval
        self.fastInterval = fastInterval
        self.downInterval = downInterval
        self.fall = fall
        self.rise = rise
        self.endpoint = endpoint
    }
}

/// How checks speak TLS.
public struct TLSSettings: Hashable, Sendable {
    /// `check-ssl`: every check does; otherwise only steps that ask for it.
    public var isUsed: Bool
    /// Path of `ca-file`, whose text is among ``ProxySnapshot/authorities``; nil verifies nothing.
    public var authorities: String?
    /// `check-sni`
    public var serverName: String?
    /// `check-alpn`, comma-separated.
    public var protocols: String?

    public init(
        isUsed: Bool = true,
        authorities: String? = nil,
        serverName: String? = nil,
        protocols: String? = nil
    ) {
        self.isUsed = isUsed
        self.authorities = authorities
        self.serverName = serverName
        self.protocols = protocols
    }
}

/// `agent-check`: where a server's agent is asked.
public struct AgentSettings: Hashable, Sendable {
    public var endpoint: Endpoint
    /// Milliseconds between two questions.
    public var interval: UInt32
    /// `agent-send`
    public var question: String?

    public init(endpoint: Endpoint, interval: UInt32 = 2000, question: String? = nil) {
        self.endpoint = endpoint
        self.interval = interval
        self.question = question
    }
}

/// `observe layer4`: connections of clients also say how a server is.
public struct Observation: Hashable, Sendable {
    /// `on-error`
    public enum Reaction: UInt8, Hashable, Sendable {
        case fastInterval = 0
        case failCheck = 1
        case suddenDeath = 2
        case markDown = 3
    }

    /// `error-limit`: failed connections in a row.
    public var limit: UInt32
    public var reaction: Reaction

    public init(limit: UInt32 = 10, reaction: Reaction = .failCheck) {
        self.limit = limit
        self.reaction = reaction
    }
}
