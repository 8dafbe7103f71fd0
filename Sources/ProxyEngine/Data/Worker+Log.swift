internal import CLinux
internal import Glibc

/// A connection at the moment that a line tells of.
struct LoggedMoment {
    let connection: UnsafeMutablePointer<Connection>
    /// nil: it goes on.
    var ending: Ending?
    var wasQueued = false

    init(_ connection: UnsafeMutablePointer<Connection>, _ ending: Ending? = nil, wasQueued: Bool = false) {
        self.connection = connection
        self.ending = ending
        self.wasQueued = wasQueued
    }

    /// The client was refused before there was anything to relay: it sent no header that can be read.
    var isRefusal = false

    var hasEnded: Bool { ending != nil }

    /// The first character of the termination state.
    var cause: UInt8 { isRefusal ? UInt8(ascii: "P") : ending?.cause ?? UInt8(ascii: "-") }

    /// The second character of the termination state.
    var phase: UInt8 {
        if isRefusal { return UInt8(ascii: "R") }
        guard let ending, !ending.isFromOutside else { return UInt8(ascii: "-") }
        // HAProxy speaks of the request, whoever has spoken.
        if ending == .dropped { return UInt8(ascii: "R") }
        switch connection.pointee.state {
        case .relaying, .judging: return UInt8(ascii: "D")
        case .inspecting: return UInt8(ascii: "R")
        default: break
        }
        // Of a client that fails while nobody looks at what it says, HAProxy tells as if data were under way.
        if ending == .clientFailed { return UInt8(ascii: "D") }
        return wasQueued ? UInt8(ascii: "Q") : UInt8(ascii: "C")
    }
}

/// What the log tells of connections.
extension Worker {
    /// A line for a connection that begins, where no format asks for another.
    mutating func reportBegin(_ connection: UnsafeMutablePointer<Connection>, _ slot: Int?) {
        let frontend = connection.pointee.frontend
        guard frontend.pointee.logFormat == nil,
            let group = log.begin(frontend.pointee.log, .informational)
        else { return }
        writeConnect(connection, slot)
        log.end(group, .informational)
    }

    /// A line for a connection that ends or whose server has answered, by what its format wants to know.
    mutating func report(_ moment: LoggedMoment) {
        let connection = moment.connection
        if connection.pointee.isReported { return }
        let frontend = connection.pointee.frontend
        guard let format = frontend.pointee.logFormat else { return }
        let hasFailed =
            moment.ending ?? .normal != .normal || connection.pointee.redispatched || connection.pointee.attempts > 0
        if frontend.pointee.omitsNormalLogs, !hasFailed { return }
        var level = hasFailed && frontend.pointee.separatesErrors ? LogLevel.error : .informational
        if let ordered = connection.pointee.rare?.pointee.logLevel, ordered != 0 {
            guard let other = LogLevel(rawValue: ordered - 1) else { return }
            level = other
        }
        if frontend.pointee.dontLogNull, moment.hasEnded, !clientSentAnything(connection) { return }
        guard let group = log.begin(frontend.pointee.log, level) else { return }
        connection.pointee.isReported = true
        // What rules have looked at is not what is there now.
        samples.end()
        writeStructure(group, moment)
        write(format, moment)
        if frontend.pointee.countsLines { _ = clinux_atomic_add(&frontend.pointee.cells.pointee.logged, 1) }
        log.end(group, level)
    }

    @inline(__always)
    private mutating func writeStructure(_ group: UnsafePointer<LogGroupEntry>, _ moment: LoggedMoment) {
        guard group.pointee.takesStructure,
            let format = moment.connection.pointee.frontend.pointee.structuredData ?? group.pointee.structuredData
        else { return }
        write(format, moment)
        log.takeStructure()
    }

    /// A line for a client that sent no header that can be read, in the frontend's own words.
    mutating func reportRefusal(
        _ connection: UnsafeMutablePointer<Connection>,
        _ group: UnsafePointer<LogGroupEntry>,
        _ format: UnsafePointer<LineFormatEntry>,
        _ level: LogLevel
    ) {
        var moment = LoggedMoment(connection)
        moment.isRefusal = true
        samples.end()
        writeStructure(group, moment)
        write(format, moment)
        log.end(group, level)
    }

    /// `Connect from 192.0.2.7:50012 to 10.0.0.1:443 (web/TCP)`
    private mutating func writeConnect(_ connection: UnsafeMutablePointer<Connection>, _ slot: Int?) {
        if connection.pointee.peerFamily == 0 {
            // A unix socket: its number stands for the address.
            log.line.text("Connect to unix listener ")
            log.line.number(Int64(connection.pointee.peerPort))
        } else {
            let (destination, family) = destinationAddress(connection, slot)
            log.line.text("Connect from ")
            log.line.address(connection.pointee.peerAddress, family: connection.pointee.peerFamily)
            log.line.byte(UInt8(ascii: ":"))
            log.line.number(Int64(connection.pointee.peerPort))
            log.line.text(" to ")
            log.line.address(destination, family: family)
            log.line.byte(UInt8(ascii: ":"))
            log.line.number(Int64(destinationPort(connection, slot)))
        }
        log.line.text(" (")
        log.line.text(connection.pointee.frontend.pointee.name)
        log.line.text("/TCP)")
    }

    /// Appends what a format says of a connection to the line.
    mutating func write(_ format: UnsafePointer<LineFormatEntry>, _ moment: LoggedMoment) {
        var before = -1
        for index in 0..<format.pointee.count {
            let part = format.pointee.parts + index
            // As in HAProxy, spaces around what writes nothing are one.
            if !format.pointee.isValue, before == log.line.count, log.line.endsWithSpace, part.pointee.text.count > 0,
                part.pointee.text.start[0] == 32
            {
                let text = part.pointee.text
                log.line.text(PlanText(start: text.start + 1, count: text.count - 1))
                continue
            }
            before = log.line.count
            write(part, moment, isValue: format.pointee.isValue)
        }
    }

    private mutating func write(_ part: UnsafePointer<LineFormatPart>, _ moment: LoggedMoment, isValue: Bool) {
        if let variable = part.pointee.variable {
            write(variable, part, moment)
        } else if let expression = part.pointee.expression {
            write(expression, part.pointee.flags, moment.connection, isValue: isValue)
        } else {
            log.line.text(part.pointee.text)
        }
    }

    /// What an expression gives now, as text; `-` for what is not there, and nothing in the value of a variable.
    private mutating func write(
        _ expression: UnsafePointer<ExpressionEntry>,
        _ flags: LineFormat.Flags,
        _ connection: UnsafeMutablePointer<Connection>,
        isValue: Bool
    ) {
        let isLeftOut = isValue && !flags.contains(.quoted)
        guard case .value(let sample) = evaluate(expression, connection) else {
            if !isLeftOut { log.line.string(nil, flags) }
            return
        }
        let text = string(sample)
        // As in HAProxy, a NUL is the end of it.
        guard let start = text.baseAddress,
            case let count = strnlen(start.assumingMemoryBound(to: CChar.self), text.count), count > 0 || !isLeftOut
        else {
            if !isLeftOut { log.line.string(nil, flags) }
            return
        }
        log.line.string(PlanText(start: start.assumingMemoryBound(to: UInt8.self), count: count), flags)
    }

    private mutating func write(
        _ variable: LineFormat.Variable,
        _ part: UnsafePointer<LineFormatPart>,
        _ moment: LoggedMoment
    ) {
        let connection = moment.connection
        let frontend = connection.pointee.frontend
        let flags = part.pointee.flags
        switch variable {
        case .hostName: log.line.string(part.pointee.text, flags)
        case .uniqueID: writeUniqueID(flags, moment)
        case .backend: log.line.string(connection.pointee.backend?.pointee.name ?? frontend.pointee.name, flags)
        case .frontend, .frontendTransport: log.line.string(frontend.pointee.name, flags)
        case .server:
            if let target = connection.pointee.target {
                log.line.string(target.pointee.name, flags)
            } else {
                log.line.text(flags.contains(.quoted) ? "\"<NOSRV>\"" : "<NOSRV>")
            }
        case .ciphers, .tlsVersion: log.line.string(nil, flags)
        case .requestHeaders: writeCaptures(connection, flags, asList: false)
        case .requestHeaderList: writeCaptures(connection, flags, asList: true)
        // Of what servers say nothing is captured.
        case .responseHeaders, .responseHeaderList: break
        case .termination:
            log.line.byte(moment.cause)
            log.line.byte(moment.phase)
        case .gmtDate, .localDate, .date, .timestamp, .milliseconds:
            writeTime(variable, flags, connection.pointee.acceptedWall)
        case .clientAddress, .clientPort, .frontendAddress, .frontendPort, .sourceAddress, .sourcePort, .serverAddress,
            .serverPort:
            writeParty(variable, flags, connection)
        case .lineCounter:
            let cells = frontend.pointee.cells
            log.line.number(UInt64(clinux_atomic_load(&cells.pointee.logged)), flags)
        case .number: log.line.number(UInt64(connection.pointee.number), flags)
        case .process: log.line.number(UInt64(process), flags)
        case .retries:
            if connection.pointee.redispatched { log.line.byte(UInt8(ascii: "+")) }
            log.line.number(Int64(connection.pointee.attempts))
        case .processConnections, .frontendConnections, .backendConnections, .serverConnections, .backendQueue,
            .serverQueue:
            log.line.number(count(variable, moment))
        case .bytesToClient:
            if frontend.pointee.logsEarly { log.line.byte(UInt8(ascii: "+")) }
            log.line.number(Int64(clamping: connection.pointee.down.bytes))
        case .bytesToServer: log.line.number(Int64(clamping: connection.pointee.up.bytes))
        case .status: log.line.number(0)
        case .totalTime, .userTime:
            if frontend.pointee.logsEarly { log.line.byte(UInt8(ascii: "+")) }
            log.line.number(milliseconds(variable, moment))
        case .connectTime, .dataTime, .handshakeTime, .queueTime:
            log.line.number(milliseconds(variable, moment))
        }
    }

    private mutating func writeUniqueID(_ flags: LineFormat.Flags, _ moment: LoggedMoment) {
        guard let format = moment.connection.pointee.frontend.pointee.uniqueID else {
            return log.line.string(nil, flags)
        }
        if flags.contains(.quoted) { log.line.byte(UInt8(ascii: "\"")) }
        let start = log.line.count
        // An id that names itself would have no end.
        for index in 0..<format.pointee.count where format.pointee.parts[index].variable != .uniqueID {
            let part = format.pointee.parts + index
            write(part, LoggedMoment(moment.connection), isValue: false)
        }
        log.line.cut(to: start + ProxyHeaderWriter.longestID)
        if flags.contains(.quoted) { log.line.byte(UInt8(ascii: "\"")) }
    }

    private mutating func writeTime(_ variable: LineFormat.Variable, _ flags: LineFormat.Flags, _ accepted: UInt64) {
        switch variable {
        case .gmtDate: log.clock.writeCommon(accepted, isLocal: false, to: &log.line)
        case .localDate: log.clock.writeCommon(accepted, isLocal: true, to: &log.line)
        case .date: log.clock.writeDate(accepted, to: &log.line)
        case .timestamp: log.line.number(accepted / 1000, flags)
        default:
            let milliseconds = accepted % 1000
            if flags.contains(.hexadecimal) {
                log.line.hexadecimal(milliseconds, digits: 2)
            } else {
                log.line.padded(Int(milliseconds), digits: 3)
            }
        }
    }

    private mutating func writeParty(
        _ variable: LineFormat.Variable,
        _ flags: LineFormat.Flags,
        _ connection: UnsafeMutablePointer<Connection>
    ) {
        let party: Party
        switch variable {
        case .clientAddress, .clientPort:
            party = Party(
                number: connection.pointee.peerAddress,
                port: connection.pointee.peerPort,
                family: connection.pointee.peerFamily
            )
            if variable == .clientAddress, party.family == 0 {
                return log.line.text(flags.contains(.quoted) ? "\"unix\"" : "unix")
            }
        case .frontendAddress, .frontendPort: party = destination(connection)
        case .sourceAddress, .sourcePort:
            party = connection.pointee.server >= 0 ? Self.party(of: connection.pointee.server) : Party()
        default: party = connection.pointee.target.map { Party($0.pointee.address.endpoint) } ?? Party()
        }
        switch variable {
        case .clientAddress, .frontendAddress, .sourceAddress, .serverAddress: log.line.party(party, flags)
        // That of a client is the number of its unix socket.
        case _ where party.family == 0 && variable != .clientPort: log.line.string(nil, flags)
        default: log.line.number(UInt64(party.port), flags)
        }
    }

    /// Connections, or places in a queue; one that has ended is not among those of backend and server.
    private func count(_ variable: LineFormat.Variable, _ moment: LoggedMoment) -> Int64 {
        let connection = moment.connection
        switch variable {
        case .processConnections: return Int64(clinux_atomic_load(&shared.pointee.connections))
        case .frontendConnections:
            return Int64(clinux_atomic_load(&connection.pointee.frontend.pointee.cells.pointee.connections))
        case .backendConnections:
            guard let backend = connection.pointee.backend else { return 0 }
            return Int64(clinux_atomic_load(&backend.pointee.cells.pointee.connections)) - (moment.hasEnded ? 1 : 0)
        case .serverConnections:
            guard let server = connection.pointee.target else { return 0 }
            let own: Int64 = connection.pointee.holdsServer && moment.hasEnded ? 1 : 0
            return Int64(clinux_atomic_load(&server.pointee.cells.pointee.connections)) - own
        default:
            guard connection.pointee.hasWaited else { return 0 }
            let waiter = waiters[connection.pointee.index]
            return Int64(variable == .backendQueue ? waiter.pointee.backendPosition : waiter.pointee.serverPosition)
        }
    }

    /// -1 for what was not reached.
    private func milliseconds(_ variable: LineFormat.Variable, _ moment: LoggedMoment) -> Int64 {
        let connection = moment.connection
        let queueTime = Int64(connection.pointee.queueTime)
        let connectTime = Int64(connection.pointee.connectTime)
        let total = Int64(now - connection.pointee.acceptedAt)
        switch variable {
        case .queueTime: return queueTime
        case .connectTime: return connectTime < 0 ? -1 : max(0, connectTime - queueTime)
        case .dataTime: return connectTime < 0 ? -1 : max(0, total - connectTime)
        case .handshakeTime: return Int64(connection.pointee.rare?.pointee.handshake ?? 0)
        default: return total
        }
    }

    /// Before the server is reached nothing is read; what waits in the socket counts as well.
    private func clientSentAnything(_ connection: UnsafeMutablePointer<Connection>) -> Bool {
        if connection.pointee.up.bytes > 0 { return true }
        if connection.pointee.state == .relaying || connection.pointee.state == .judging { return false }
        var byte: UInt8 = 0
        let flags = CInt(MSG_PEEK) | CInt(MSG_DONTWAIT)
        return recv(connection.pointee.client, &byte, 1, flags) > 0
    }
}
