internal import Addresses

/// The compact binary form in which the master hands a snapshot to its worker: little-endian numbers, strings and lists
/// with their lengths before them. Both ends are the same binary, so there is no version.
extension ProxySnapshot {
    public func encoded() -> [UInt8] {
        var writer = ByteWriter()
        writer.write(settings)
        writer.list(frontends) { $0.write($1) }
        writer.list(backends) { $0.write($1) }
        writer.list(stickTables) { $0.write($1) }
        writer.texts(authorities)
        writer.list(logGroups) { $0.write($1) }
        writer.write(order)
        writer.list(patternFiles) { $0.write($1) }
        writer.number(readings)
        return writer.bytes
    }

    /// - Throws: ``MalformedSnapshot`` for bytes that ``encoded()`` did not make.
    public init(encoded bytes: [UInt8]) throws(MalformedSnapshot) {
        var reader = ByteReader(bytes)
        settings = try reader.settings()
        frontends = try reader.list { (reader) throws(MalformedSnapshot) in try reader.frontend() }
        backends = try reader.list { (reader) throws(MalformedSnapshot) in try reader.backend() }
        stickTables = try reader.list { (reader) throws(MalformedSnapshot) in try reader.stickTable() }
        authorities = try reader.texts()
        logGroups = try reader.list { (reader) throws(MalformedSnapshot) in try reader.logGroup() }
        order = try reader.proxyOrder()
        patternFiles = try reader.list { (reader) throws(MalformedSnapshot) in try reader.patternFile() }
        readings = try reader.number()
        guard reader.isAtEnd else { throw MalformedSnapshot() }
    }
}

/// The bytes are not a snapshot.
public struct MalformedSnapshot: Error, Hashable, Sendable {
    public init() {}
}

extension ByteWriter {
    mutating func write(_ frontend: Frontend) {
        proxy(frontend.name) { $0.write(partsOf: frontend) }
    }

    private mutating func write(partsOf frontend: Frontend) {
        list(frontend.listeners) { $0.write($1) }
        list(frontend.rules) {
            $0.string($1.backend)
            $0.optional($1.format) { $0.write($1) }
            $0.write($1.alternatives, isInverted: $1.isInverted)
        }
        optional(frontend.defaultBackend) { $0.string($1) }
        optional(frontend.clientTimeout) { $0.number($1) }
        optional(frontend.clientFinTimeout) { $0.number($1) }
        number(frontend.maxConnections)
        number(frontend.maxSessionRate)
        number(frontend.logGroup)
        optional(frontend.logTag) { $0.string($1) }
        number(frontend.logStyle.rawValue)
        flag(frontend.separatesErrors)
        flag(frontend.omitsNormalLogs)
        flag(frontend.logsEarly)
        flag(frontend.dontLogNull)
        flag(frontend.smartAccept)
        flag(frontend.countsListeners)
        flag(frontend.countsContinuously)
        number(frontend.state.rawValue)
        optional(frontend.logFormat) { $0.write($1) }
        optional(frontend.uniqueID) { $0.write($1) }
        write(frontend.connectionRules)
        flag(frontend.ownFormats != .usual)
        if frontend.ownFormats != .usual {
            optional(frontend.ownFormats.structuredData) { $0.write($1) }
            optional(frontend.ownFormats.error) { $0.write($1) }
        }
        optional(frontend.pages) { $0.write($1) }
    }

    mutating func write(_ backend: Backend) {
        proxy(backend.name) { $0.write(partsOf: backend) }
    }

    private mutating func write(partsOf backend: Backend) {
        list(backend.servers) { $0.write($1) }
        optional(backend.connectTimeout) { $0.number($1) }
        optional(backend.serverTimeout) { $0.number($1) }
        optional(backend.serverFinTimeout) { $0.number($1) }
        optional(backend.tunnelTimeout) { $0.number($1) }
        optional(backend.checkTimeout) { $0.number($1) }
        optional(backend.queueTimeout) { $0.number($1) }
        number(backend.retries)
        number(backend.logGroup)
        optional(backend.logTag) { $0.string($1) }
        flag(backend.abortsOnClose)
        list(backend.stickRules) { $0.write($1) }
        balancing(of: backend)
        write(backend.check)
        flag(backend.logsChecks)
        flag(backend.isListen)
        write(backend.connectionRules)
        flag(backend.isHTTP)
        flag(backend.isDisabled)
        if backend.isDisabled { list(backend.resting) { $0.write($1) } }
    }

    mutating func write(_ server: Server) {
        string(server.name)
        endpoint(server.endpoint)
        number(server.weight)
        flag(server.isBackup)
        flag(server.isDisabled)
        optional(server.check) { $0.write($1) }
        optional(server.agent) { $0.write($1) }
        optional(server.observation) { $0.write($1) }
        write(server.connection)
        write(server.stated)
        flag(server.isNeverStuckTo)
        balancing(of: server)
    }
}

extension ByteReader {
    mutating func frontend() throws(MalformedSnapshot) -> Frontend {
        try proxy { (reader, name) throws(MalformedSnapshot) in try reader.frontend(name) }
    }

    private mutating func frontend(_ name: String) throws(MalformedSnapshot) -> Frontend {
        var frontend = Frontend(name: name)
        frontend.listeners = try list { (reader) throws(MalformedSnapshot) in try reader.listener() }
        frontend.rules = try list { (reader) throws(MalformedSnapshot) in
            var rule = SwitchingRule(backend: try reader.string())
            rule.format = try reader.flag() ? try reader.lineFormat() : nil
            (rule.alternatives, rule.isInverted) = try reader.alternatives()
            return rule
        }
        frontend.defaultBackend = try flag() ? try string() : nil
        frontend.clientTimeout = try optionalNumber()
        frontend.clientFinTimeout = try optionalNumber()
        frontend.maxConnections = try number()
        frontend.maxSessionRate = try number()
        frontend.logGroup = try number()
        frontend.logTag = try logTag(frontend.name)
        guard let style = LogStyle(rawValue: try number()) else { throw MalformedSnapshot() }
        frontend.logStyle = style
        frontend.separatesErrors = try flag()
        frontend.omitsNormalLogs = try flag()
        frontend.logsEarly = try flag()
        frontend.dontLogNull = try flag()
        frontend.smartAccept = try flag()
        frontend.countsListeners = try flag()
        frontend.countsContinuously = try flag()
        guard let state = Frontend.State(rawValue: try number()) else { throw MalformedSnapshot() }
        frontend.state = state
        frontend.logFormat = try flag() ? try lineFormat() : nil
        frontend.uniqueID = try flag() ? try lineFormat() : nil
        frontend.connectionRules = try connectionRules()
        if try flag() {
            frontend.ownFormats.structuredData = try flag() ? try lineFormat() : nil
            frontend.ownFormats.error = try flag() ? try lineFormat() : nil
        }
        frontend.pages = try flag() ? try pages() : nil
        return frontend
    }

    /// Control planes give the name as the tag: thousands of them are there once.
    private mutating func logTag(_ name: String) throws(MalformedSnapshot) -> String? {
        guard try flag() else { return nil }
        let tag = try string()
        return tag == name ? name : tag
    }

    mutating func backend() throws(MalformedSnapshot) -> Backend {
        try proxy { (reader, name) throws(MalformedSnapshot) in try reader.backend(name) }
    }

    private mutating func backend(_ name: String) throws(MalformedSnapshot) -> Backend {
        var backend = Backend(name: name)
        backend.servers = try list { (reader) throws(MalformedSnapshot) in try reader.server() }
        backend.connectTimeout = try optionalNumber()
        backend.serverTimeout = try optionalNumber()
        backend.serverFinTimeout = try optionalNumber()
        backend.tunnelTimeout = try optionalNumber()
        backend.checkTimeout = try optionalNumber()
        backend.queueTimeout = try optionalNumber()
        backend.retries = try number()
        backend.logGroup = try number()
        backend.logTag = try logTag(backend.name)
        backend.abortsOnClose = try flag()
        backend.stickRules = try list { (reader) throws(MalformedSnapshot) in try reader.stickRule() }
        try balancing(of: &backend)
        backend.check = try checkDefinition()
        backend.logsChecks = try flag()
        backend.isListen = try flag()
        backend.connectionRules = try connectionRules()
        backend.isHTTP = try flag()
        backend.isDisabled = try flag()
        if backend.isDisabled {
            backend.resting = try list { (reader) throws(MalformedSnapshot) in try reader.restingServer() }
        }
        return backend
    }

    mutating func server() throws(MalformedSnapshot) -> Server {
        let name = try string()
        var server = Server(name: name, endpoint: try endpoint())
        server.weight = try number()
        server.isBackup = try flag()
        server.isDisabled = try flag()
        server.check = try flag() ? try checkSettings() : nil
        server.agent = try flag() ? try agentSettings() : nil
        server.observation = try flag() ? try observation() : nil
        server.connection = try connectionOptions()
        server.stated = try statedPlaces()
        server.isNeverStuckTo = try flag()
        try balancing(of: &server)
        if let lastServer { server.share(lastServer) }
        lastServer = server
        return server
    }
}
