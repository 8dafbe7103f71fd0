internal import HealthChecks

/// The report's bytes on the channel; both ends are the same binary.
extension EngineReport {
    public func encoded() -> [UInt8] {
        var writer = ByteWriter()
        writer.number(UInt64(connections))
        writer.number(sessions)
        writer.number(droppedLogs)
        writer.list(frontends) { $0.write($1) }
        writer.list(backends) {
            $0.write($1.proxy)
            $0.number($1.queue)
            $0.list($1.servers) { $0.write($1) }
        }
        return writer.bytes
    }

    /// - Throws: ``MalformedSnapshot`` for bytes that ``encoded()`` did not make.
    public init(encoded bytes: [UInt8]) throws(MalformedSnapshot) {
        var reader = ByteReader(bytes)
        self.init(connections: Int(truncatingIfNeeded: try reader.number(UInt64.self)), sessions: try reader.number())
        droppedLogs = try reader.number()
        frontends = try reader.list { (reader) throws(MalformedSnapshot) in try reader.proxyReport() }
        backends = try reader.list { (reader) throws(MalformedSnapshot) in
            BackendReport(
                proxy: try reader.proxyReport(),
                queue: try reader.number(),
                servers: try reader.list { (reader) throws(MalformedSnapshot) in try reader.serverReport() }
            )
        }
        guard reader.isAtEnd else { throw MalformedSnapshot() }
    }
}

extension ByteWriter {
    fileprivate mutating func write(_ proxy: ProxyReport) {
        string(proxy.name)
        number(proxy.connections)
        let traffic = proxy.traffic
        for value in [traffic.sessions, traffic.bytesIn, traffic.bytesOut] { number(value) }
        for value in [
            traffic.most, traffic.chosen, traffic.connectErrors, traffic.responseErrors, traffic.retries,
            traffic.redispatches, traffic.clientAborts, traffic.serverAborts,
        ] { number(value) }
        optional(traffic.idleSeconds) { $0.number($1) }
    }

    fileprivate mutating func write(_ server: ServerReport) {
        write(server.proxy)
        flag(server.isUp)
        flag(server.isHealthy)
        flag(server.isHeld)
        flag(server.isStarting)
        number(server.standing.rawValue)
        for value in [
            server.queue, server.weight, server.maxConnections, server.stableSeconds,
            server.downs, server.downSeconds, server.failedChecks,
        ] { number(value) }
        write(server.check)
        write(server.agent)
    }

    private mutating func write(_ check: CheckReport) {
        string(check.status.rawValue)
        number(Int32(clamping: check.health))
        number(Int32(clamping: check.code))
        flag(check.isOff)
        flag(check.isPaused)
        optional(check.duration) { $0.number($1) }
    }
}

extension ByteReader {
    fileprivate mutating func proxyReport() throws(MalformedSnapshot) -> ProxyReport {
        var proxy = ProxyReport(name: try string(), connections: try number())
        proxy.traffic.sessions = try number()
        proxy.traffic.bytesIn = try number()
        proxy.traffic.bytesOut = try number()
        proxy.traffic.most = try number()
        proxy.traffic.chosen = try number()
        proxy.traffic.connectErrors = try number()
        proxy.traffic.responseErrors = try number()
        proxy.traffic.retries = try number()
        proxy.traffic.redispatches = try number()
        proxy.traffic.clientAborts = try number()
        proxy.traffic.serverAborts = try number()
        proxy.traffic.idleSeconds = try optionalNumber()
        return proxy
    }

    fileprivate mutating func serverReport() throws(MalformedSnapshot) -> ServerReport {
        var server = ServerReport(proxy: try proxyReport())
        server.isUp = try flag()
        server.isHealthy = try flag()
        server.isHeld = try flag()
        server.isStarting = try flag()
        server.standing = ServerStanding(rawValue: try number())
        server.queue = try number()
        server.weight = try number()
        server.maxConnections = try number()
        server.stableSeconds = try number()
        server.downs = try number()
        server.downSeconds = try number()
        server.failedChecks = try number()
        server.check = try checkReport()
        server.agent = try checkReport()
        return server
    }

    private mutating func checkReport() throws(MalformedSnapshot) -> CheckReport {
        var check = CheckReport()
        guard let status = CheckStatus(rawValue: try string()) else { throw MalformedSnapshot() }
        check.status = status
        check.health = Int(try number(Int32.self))
        check.code = Int(try number(Int32.self))
        check.isOff = try flag()
        check.isPaused = try flag()
        check.duration = try optionalNumber()
        return check
    }
}
