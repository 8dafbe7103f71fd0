internal import Addresses
internal import HealthChecks

/// One kind of check of one server, between its runs and during one. Belongs to the checker's thread.
final class Probe {
    let id: UInt64
    let source: ServerCondition.Source
    unowned(unsafe) let owner: CheckedServer
    /// When it is looked at next: the next run, or the deadline of this one.
    var wakesAt: UInt64 = 0
    /// What takes room only during a run: of thousands of checks few are under way.
    private var underWay: UnderWay?

    private final class UnderWay {
        var run: CheckRun
        var connection = CheckConnection()
        var socket: CheckSocket?
        let startedAt: UInt64
        let speaksTLS: Bool
        var isReceiving = false
        var isInLoop = false

        init(_ run: CheckRun, _ startedAt: UInt64, speaksTLS: Bool) {
            self.run = run
            self.startedAt = startedAt
            self.speaksTLS = speaksTLS
        }
    }

    init(_ id: UInt64, _ source: ServerCondition.Source, _ owner: CheckedServer) {
        self.id = id
        self.source = source
        self.owner = owner
    }

    /// - Parameter speaksTLS: TLS is spoken where the rules want it.
    func begin(_ run: CheckRun, now: UInt64, speaksTLS: Bool) {
        underWay = UnderWay(run, now, speaksTLS: speaksTLS)
    }

    /// Ends the run.
    func rest() {
        underWay?.socket?.close()
        underWay = nil
    }

    /// What it does.
    var program: CheckProgram {
        guard source == .agent else { return owner.target.backend.program }
        let arguments = owner.target.server.agent?.question.map { [$0] } ?? []
        return (try? CheckProgram(.init(.agent, arguments: arguments))) ?? .connect
    }

    /// nil between two runs.
    var run: CheckRun? {
        get { underWay?.run }
        set { if let newValue { underWay?.run = newValue } }
    }
    var connection: CheckConnection {
        get { underWay?.connection ?? CheckConnection() }
        set { underWay?.connection = newValue }
    }
    var socket: CheckSocket? {
        get { underWay?.socket }
        set { underWay?.socket = newValue }
    }
    var startedAt: UInt64 { underWay?.startedAt ?? 0 }
    var speaksTLS: Bool { underWay?.speaksTLS ?? false }
    /// The run waits for what the server says.
    var isReceiving: Bool {
        get { underWay?.isReceiving ?? false }
        set { underWay?.isReceiving = newValue }
    }
    /// What it says is being read.
    var isInLoop: Bool {
        get { underWay?.isInLoop ?? false }
        set { underWay?.isInLoop = newValue }
    }

    /// Milliseconds between two runs where nothing is under way.
    var regularInterval: UInt32 {
        let server = owner.target.server
        return max(1, (source == .check ? server.check?.interval : server.agent?.interval) ?? 2000)
    }

    /// Milliseconds until the next run.
    var interval: UInt32 {
        guard source == .check, let settings = owner.target.server.check, let health = owner.condition.check else {
            return regularInterval
        }
        return max(1, health.interval(settings))
    }

    /// Where it connects to.
    enum Place {
        case endpoint(Endpoint)
        /// A unix socket.
        case path(String)
        case nowhere

        /// Of a rule, as ``CheckConnection/address`` has it.
        init(_ text: String) {
            if text.hasPrefix("unix@") {
                self = .path(String(text.dropFirst(5)))
            } else if text.hasPrefix("abns@") {
                self = .path("@" + text.dropFirst(5))
            } else if text.hasPrefix("["), text.hasSuffix("]"), let address = IPAddress(text.dropFirst().dropLast()) {
                self = .endpoint(Endpoint(address, port: 0))
            } else if let address = IPAddress(text) {
                self = .endpoint(Endpoint(address, port: 0))
            } else if let endpoint = Endpoint(text) {
                self = .endpoint(endpoint)
            } else {
                self = .nowhere
            }
        }

        var isEndpoint: Bool { if case .endpoint = self { true } else { false } }
    }

    func place(_ connection: CheckConnection) -> Place {
        let server = owner.target.server
        guard source == .check else { return server.agent.map { .endpoint($0.endpoint) } ?? .nowhere }
        // As in HAProxy, a socket has no port that would make it another place, and every address is none.
        let said = connection.address.map { Place($0) }
        if let said, !said.isEndpoint { return said }
        var usual = server.check?.endpoint ?? server.endpoint
        if usual.port == 0 { usual.port = server.checkPort }
        if case .endpoint(let place)? = said, place.address.number != 0 {
            return .endpoint(
                Endpoint(place.address, port: connection.port ?? (place.port > 0 ? place.port : usual.port))
            )
        }
        if server.check?.endpoint == nil, let path = server.check?.path ?? server.connection.path { return .path(path) }
        return .endpoint(Endpoint(usual.address, port: connection.port ?? usual.port))
    }

    /// How TLS is spoken on a connection; nil for not at all.
    func tls(_ connection: CheckConnection) -> TLSSettings? {
        guard source == .check else { return nil }
        let settings = owner.target.server.check?.tls
        guard connection.usesTLS || connection.usesDefaults && settings?.isUsed == true else { return nil }
        var result = settings ?? TLSSettings()
        if let name = connection.serverName { result.serverName = name }
        if let protocols = connection.protocols { result.protocols = protocols }
        return result
    }

    /// Some step of it speaks TLS.
    var wantsTLS: Bool {
        source == .check
            && program.rules.contains { rule in
                guard case .connect(let connection) = rule.action else { return false }
                return tls(connection) != nil
            }
    }

    /// The PROXY header that a connection begins with.
    var proxyHeader: ProxyHeaderOptions? {
        guard source == .check else { return nil }
        let server = owner.target.server
        if connection.sendsProxy { return server.connection.proxyHeader ?? ProxyHeaderOptions(version: 1) }
        return connection.usesDefaults ? server.check?.proxyHeader : nil
    }
}

/// A server under observation. Belongs to the checker's thread.
final class CheckedServer {
    var target: CheckTarget
    var condition: ServerCondition
    var check: Probe?
    var agent: Probe?
    var probes: [Probe] { [check, agent].compactMap { $0 } }

    init(_ target: CheckTarget) {
        self.target = target
        condition = ServerCondition(
            check: target.server.check.map { HealthState($0) },
            agent: target.server.agent.map { _ in HealthState(rise: 1, fall: 1) }
        )
    }
}
