internal import CLinux

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
    /// Those a second that are let in; 0 is no limit.
    public var connectionRateLimit: UInt32 = 0
    public var sessionRateLimit: UInt32 = 0

    public init() {}

    public func encoded() -> [UInt8] {
        var writer = ByteWriter()
        for value in [
            connections, accepted, connectionRate, connectionRateMost, sessionRate, sessionRateMost, droppedLogs,
            listeners, threads, connectionRateLimit, sessionRateLimit,
        ] { writer.number(value) }
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
        connectionRateLimit = try reader.number()
        sessionRateLimit = try reader.number()
        bytesOut = try reader.number()
        guard reader.isAtEnd else { throw MalformedSnapshot() }
    }
}

extension Engine {
    /// `set rate-limit connections global`
    public func limit(connectionRate: UInt32) {
        clinux_atomic_store(&process.pointee.connectionRateLimit, connectionRate)
    }

    /// `set rate-limit sessions global`
    public func limit(sessionRate: UInt32) { clinux_atomic_store(&process.pointee.sessionRateLimit, sessionRate) }

    /// What was counted of the process until now.
    public func processReport() -> ProcessReport {
        let cells = process
        let now = Clock.monotonic()
        var report = ProcessReport()
        report.connections = clinux_atomic_load(&cells.pointee.connections)
        report.accepted = clinux_atomic_load(&cells.pointee.accepted)
        report.connectionRate = RateCells.read(&cells.pointee.connectionRate, now: now)
        report.connectionRateMost = cells.pointee.connectionRate.most
        report.sessionRate = RateCells.read(&cells.pointee.sessionRate, now: now)
        report.sessionRateMost = cells.pointee.sessionRate.most
        report.droppedLogs = clinux_atomic_load(&cells.pointee.droppedLogs)
        report.bytesOut = clinux_atomic_load_wide(&cells.pointee.bytesOut)
        report.listeners = UInt32(clamping: plan.descriptors.count)
        report.connectionRateLimit = cells.pointee.connectionRateLimit
        report.sessionRateLimit = cells.pointee.sessionRateLimit
        report.threads = UInt32(clamping: workers.count)
        return report
    }
}
