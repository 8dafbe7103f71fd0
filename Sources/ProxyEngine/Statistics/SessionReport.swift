public import Addresses

/// A session at a moment, for `show sess`.
public struct SessionReport: Hashable, Sendable {
    public enum State: UInt8, Hashable, Sendable {
        /// What comes first, a PROXY header or what rules look at, is not there yet.
        case beginning = 0
        case connecting = 1
        case waiting = 2
        case queued = 3
        case relaying = 4
    }

    /// No other session of this process has it.
    public var id: UInt64 = 0
    public var state = State.relaying
    /// nil: it comes from a unix socket.
    public var source: Endpoint?
    /// Where the client connected to; nil for a unix socket.
    public var destination: Endpoint?
    public var frontend = ""
    public var frontendNumber: UInt32 = 0
    public var listener: UInt32 = 0
    public var backend: String?
    public var backendNumber: UInt32 = 0
    public var server: String?
    public var serverNumber: UInt32 = 0
    public var serverAddress: Endpoint?
    public var thread: UInt32 = 0
    /// Milliseconds since 1970.
    public var acceptedAt: UInt64 = 0
    /// Milliseconds since then.
    public var age: UInt64 = 0
    /// Milliseconds until it ends if nothing happens; nil: never.
    public var expires: UInt64?
    public var clientDescriptor: Int32 = -1
    public var serverDescriptor: Int32 = -1
    public var retries: UInt32 = 0
    public var bytesIn: UInt64 = 0
    public var bytesOut: UInt64 = 0

    public init() {}
}

extension ByteWriter {
    mutating func write(_ session: SessionReport) {
        number(session.id)
        number(session.state.rawValue)
        optional(session.source) { $0.endpoint($1) }
        optional(session.destination) { $0.endpoint($1) }
        string(session.frontend)
        number(session.frontendNumber)
        number(session.listener)
        optional(session.backend) { $0.string($1) }
        number(session.backendNumber)
        optional(session.server) { $0.string($1) }
        number(session.serverNumber)
        optional(session.serverAddress) { $0.endpoint($1) }
        number(session.thread)
        number(session.acceptedAt)
        number(session.age)
        optional(session.expires) { $0.number($1) }
        number(UInt32(bitPattern: session.clientDescriptor))
        number(UInt32(bitPattern: session.serverDescriptor))
        number(session.retries)
        number(session.bytesIn)
        number(session.bytesOut)
    }
}

extension ByteReader {
    mutating func sessionReport() throws(MalformedSnapshot) -> SessionReport {
        var session = SessionReport()
        session.id = try number()
        guard let state = SessionReport.State(rawValue: try number()) else { throw MalformedSnapshot() }
        session.state = state
        session.source = try flag() ? try endpoint() : nil
        session.destination = try flag() ? try endpoint() : nil
        session.frontend = try string()
        session.frontendNumber = try number()
        session.listener = try number()
        session.backend = try flag() ? try string() : nil
        session.backendNumber = try number()
        session.server = try flag() ? try string() : nil
        session.serverNumber = try number()
        session.serverAddress = try flag() ? try endpoint() : nil
        session.thread = try number()
        session.acceptedAt = try number()
        session.age = try number()
        session.expires = try flag() ? try number() : nil
        session.clientDescriptor = Int32(bitPattern: try number())
        session.serverDescriptor = Int32(bitPattern: try number())
        session.retries = try number()
        session.bytesIn = try number()
        session.bytesOut = try number()
        return session
    }
}

extension SessionReport {
    public static func encoded(_ sessions: [SessionReport]) -> [UInt8] {
        var writer = ByteWriter()
        writer.list(sessions) { $0.write($1) }
        return writer.bytes
    }

    /// - Throws: ``MalformedSnapshot`` for bytes that ``encoded(_:)`` did not make.
    public static func decoded(_ bytes: [UInt8]) throws(MalformedSnapshot) -> [SessionReport] {
        var reader = ByteReader(bytes)
        let sessions = try reader.list { (reader) throws(MalformedSnapshot) in try reader.sessionReport() }
        guard reader.isAtEnd else { throw MalformedSnapshot() }
        return sessions
    }
}
