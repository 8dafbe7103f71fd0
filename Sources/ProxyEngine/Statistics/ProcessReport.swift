internal import CLinux
internal import Glibc

/// What an engine has counted of the whole process, for `show info`.
public struct ProcessReport: Hashable, Sendable {
    /// Connections that exist now, and those so far.
    public var connections: UInt32 = 0
    public var accepted: UInt32 = 0
    /// Sessions so far.
    public var connectionRate: UInt32 = 0
    public var connectionRateMost: UInt32 = 0
    public var sessionRate: UInt32 = 0
    public var sessionRateMost: UInt32 = 0
    /// Log lines that nobody took.
    public var droppedLogs: UInt32 = 0
    /// Bytes to clients of connections that have ended.
    public var bytesOut: UInt64 = 0
    public var listeners: UInt32 = 0
    public var threads: UInt32 = 0
    /// Requests by HTTP so far, and connections of TCP: HAProxy's streams.
    public var requests: UInt32 = 0
    /// Peers that a connection leads to or comes from, and those of them that have greeted.
    public var activePeers: UInt32 = 0
    public var connectedPeers: UInt32 = 0
    /// Percent of the time that no thread had anything to do.
    public var idle: UInt32 = 100
    /// What is let in a second.
    public var limits = ProcessRates()

    public init() {}

    public func encoded() -> [UInt8] {
        var writer = ByteWriter()
        for value in [
            connections, accepted, connectionRate, connectionRateMost, sessionRate, sessionRateMost, droppedLogs,
            listeners, threads, requests, idle, activePeers, connectedPeers,
        ] { writer.number(value) }
        for kind in ProcessRates.Kind.allCases { writer.number(limits[kind]) }
        writer.number(bytesOut)
        return writer.bytes
    }

    /// - Throws: ``MalformedSnapshot`` for bytes that ``encoded()`` did not make.
    public init(encoded bytes: [UInt8]) throws(MalformedSnapshot) {
        var reader = ByteReader(bytes)
        connections = try reader.number()
        accepted = try reader.number()
        connectionRate = try reader.number()
        connectionRateMost = try reader.number()
        sessionRate = try reader.number()
        sessionRateMost = try reader.number()
        droppedLogs = try reader.number()
        listeners = try reader.number()
        threads = try reader.number()
        requests = try reader.number()
        idle = try reader.number()
        activePeers = try reader.number()
        connectedPeers = try reader.number()
        for kind in ProcessRates.Kind.allCases { limits[kind] = try reader.number() }
        bytesOut = try reader.number()
        guard reader.isAtEnd else { throw MalformedSnapshot() }
    }
}

extension Engine {
    /// `set rate-limit … global`
    public func limit(_ kind: ProcessRates.Kind, to rate: UInt32) {
        switch kind {
        case .connections: clinux_atomic_store(&process.pointee.connectionRateLimit, rate)
        case .sessions: clinux_atomic_store(&process.pointee.sessionRateLimit, rate)
        case .tlsSessions: clinux_atomic_store(&process.pointee.tlsRateLimit, rate)
        case .compression: clinux_atomic_store(&process.pointee.compressionRateLimit, rate)
        }
    }

    /// All of them, as configured.
    func limit(_ rates: ProcessRates) {
        for kind in ProcessRates.Kind.allCases { limit(kind, to: rates[kind]) }
    }

    /// What was counted of the process until now.
    public func processReport() -> ProcessReport {
        let cells = process
        let now = Clock.monotonic()
        var report = ProcessReport()
        report.connections = UInt32(clamping: connections)
        // Each connection by HTTP counts this down, after it is accepted, and each request of it up.
        let requests = clinux_atomic_load(&cells.pointee.requests)
        report.accepted = clinux_atomic_load(&cells.pointee.accepted)
        report.requests = report.accepted &+ requests
        report.connectionRate = RateCells.read(&cells.pointee.connectionRate, now: now)
        report.connectionRateMost = cells.pointee.connectionRate.most
        report.sessionRate = RateCells.read(&cells.pointee.sessionRate, now: now)
        report.sessionRateMost = cells.pointee.sessionRate.most
        report.droppedLogs = clinux_atomic_load(&cells.pointee.droppedLogs)
        report.bytesOut = clinux_atomic_load_wide(&cells.pointee.bytesOut)
        report.listeners = UInt32(clamping: plan.descriptors.count)
        report.limits[.connections] = clinux_atomic_load(&cells.pointee.connectionRateLimit)
        report.limits[.sessions] = clinux_atomic_load(&cells.pointee.sessionRateLimit)
        report.limits[.tlsSessions] = clinux_atomic_load(&cells.pointee.tlsRateLimit)
        report.limits[.compression] = clinux_atomic_load(&cells.pointee.compressionRateLimit)
        (report.activePeers, report.connectedPeers) = peerCounts
        report.threads = UInt32(clamping: workers.count)
        report.idle = idle(now)
        return report
    }

    /// Percent of the time that no worker had anything to do: since somebody last asked, a second at least, so that who asks
    /// often is told of the last second, as by HAProxy, and who asks seldom of what was meanwhile.
    private func idle(_ now: UInt64) -> UInt32 {
        let cells = process
        clinux_lock(&cells.pointee.lock)
        defer { clinux_unlock(&cells.pointee.lock) }
        let elapsed = now &- cells.pointee.idleSince
        guard elapsed >= 1000, elapsed < .max / 2, !workers.isEmpty else { return cells.pointee.idle }
        let used = Self.processorTime
        let share = (used &- cells.pointee.processorTime) * 100 / (elapsed * UInt64(workers.count))
        cells.pointee.idle = 100 - UInt32(min(100, share))
        cells.pointee.idleSince = now
        cells.pointee.processorTime = used
        return cells.pointee.idle
    }

    /// Milliseconds that all threads of the process have run so far.
    private static var processorTime: UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return UInt64(time.tv_sec) * 1000 + UInt64(time.tv_nsec) / 1_000_000
    }
}
