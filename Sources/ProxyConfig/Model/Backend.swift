public import Diagnostics
public import HealthChecks

/// A `backend` section, or the half of a `listen` section that makes connections.
public struct Backend: Sendable, Hashable {
    /// `balance`: how a server is chosen.
    public enum Balance: Sendable, Hashable {
        case roundRobin
        case staticRoundRobin
        case leastConnections
        case first
        case source
        /// The better of so many servers drawn by chance.
        case random(draws: Int)
        /// `rdp-cookie`: by what the client's first packet calls so; the name is empty for any.
        case requestCookie(String)
        /// `uri`, `url_param`, `hdr(…)`: choices by what a request says.
        case request(String)
    }

    public var name: String
    public var mode = ProxyMode.tcp
    public var balance = Balance.roundRobin
    public var hashType = HashType()
    /// `hash-balance-factor`: percent of the average load that a server may take; 0 is no bound.
    public var hashBalanceFactor = 0
    /// `use-server`, in order.
    public var useServers: [UseServer] = []
    public var servers: [Server] = []
    /// `timeout connect`, `server`, `queue`, `check`, `tunnel` and `server-fin`: milliseconds; nil waits for ever.
    public var connectTimeout: Int?
    public var serverTimeout: Int?
    public var queueTimeout: Int?
    public var checkTimeout: Int?
    public var tunnelTimeout: Int?
    public var serverFinTimeout: Int?
    public var retries = 3
    /// `option redispatch`: every how many retries another server is tried; negative counts from the last retry; nil is
    /// never.
    public var redispatchInterval: Int?
    /// What a health check does once connected.
    public var check = CheckDefinition()
    /// Why checks connect only, where ``check`` asks for more than that.
    public var checkNotFollowed: String?
    public var fullConnections: Int?
    /// `option allbackups`
    public var usesAllBackups = false
    /// `option log-health-checks`
    public var logsHealthChecks = false
    /// `option srvtcpka`
    public var keepsServersAlive = false
    public var keepAliveTimes = KeepAliveTimes()
    /// `source` for servers that have none of their own.
    public var source: ConnectionSource?
    /// `stick` lines, in order.
    public var stickRules: [StickRule] = []
    /// `option nolinger`
    public var resetsOnClose = false
    /// `option abortonclose`
    public var abortsOnClose = false
    /// `option tcp-smart-connect`
    public var connectsSmartly = false
    /// `load-server-state-from-file`
    public var stateSource = ServerStateSource.nowhere
    /// `server-state-file-name`; nil: the backend's name.
    public var stateFile: String?
    public var logTargets: [LogTarget] = []
    public var logTag: String?
    public var isDisabled = false
    public var isListen = false
    /// As that of a frontend.
    public var pageLines: [[String]] = []
    /// Why the backend is not served although the configuration is right; one sentence for each reason.
    public var quarantine: [String] = []
    public var position: SourcePosition
    /// `id`: its number, where statistics name it by one.
    public var id: Int?
    /// Few have rules, and thousands would have room for them.
    private var ruleRoom: [ConnectionRules] = []
    /// `tcp-request` and `tcp-response` lines.
    public var rules: ConnectionRules {
        get { ruleRoom.first ?? ConnectionRules() }
        set { ruleRoom = newValue == ConnectionRules() ? [] : [newValue] }
    }

    public init(name: String, position: SourcePosition) {
        self.name = name
        self.position = position
    }

    /// Where a line of this section is, in the whole configuration.
    public func place(of position: SourcePosition) -> SourcePosition {
        SourcePosition(line: self.position.line + position.line, column: position.column)
    }
}
