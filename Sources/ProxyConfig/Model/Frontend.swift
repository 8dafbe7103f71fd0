public import Diagnostics

/// A `frontend` section, or the half of a `listen` section that takes connections.
public struct Frontend: Sendable, Hashable {
    public var name: String
    public var mode = ProxyMode.tcp
    public var binds: [Bind] = []
    /// In order; the first whose condition holds decides, else ``defaultBackend``.
    public var useBackends: [UseBackend] = []
    public var defaultBackend: String?
    public var maxConnections: Int?
    public var backlog: Int?
    /// Connections a second.
    public var maxSessionRate: Int?
    /// `timeout client`, milliseconds; nil waits for ever.
    public var clientTimeout: Int?
    /// `timeout client-fin`, milliseconds.
    public var clientFinTimeout: Int?
    /// The targets of `log` lines; those of the global section for `log global`.
    public var logTargets: [LogTarget] = []
    public var logTag: String?
    /// `unique-id-format`
    public var uniqueIDFormat: String?
    public var logFormat = LogFormat.basic
    /// `log-format-sd`
    public var structuredDataFormat: String?
    /// `error-log-format`
    public var errorLogFormat: String?
    /// `option httplog clf`: lines in the Common Log Format.
    public var asksForCommonLog = false
    /// `option dontlognull`: connections without a byte are not logged.
    public var omitsNullLogs = false
    /// `option dontlog-normal`: only failures are logged.
    public var omitsNormalLogs = false
    /// `option log-separate-errors`: failures are logged as errors.
    public var separatesErrors = false
    /// `option socket-stats`: statistics tell of each listener.
    public var countsListeners = false
    /// `option contstats`
    public var countsContinuously = false
    /// `option logasap`
    public var logsEarly = false
    /// `option tcp-smart-accept`
    public var acceptsSmartly = false
    /// `option clitcpka`
    public var keepsClientsAlive = false
    public var keepAliveTimes = KeepAliveTimes()
    /// `option nolinger`
    public var resetsOnClose = false
    /// `disabled`
    public var isDisabled = false
    /// True for the half of a `listen` section.
    public var isListen = false
    /// What it serves by itself in `mode http`: the lines that say so, word by word, times in milliseconds.
    public var pageLines: [[String]] = []
    /// Why the whole frontend is not served although the configuration is right; one sentence for each reason.
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
