internal import Addresses
internal import CLinux

// What others ask of a worker's connections. It looks at each of them once, between two turns; nobody locks anything.
extension Worker {
    mutating func run(_ errand: Errand) {
        if case .assign(let rules) = errand.kind { return assign(rules) }
        for place in 0..<slab.touched {
            let connection = slab[UInt32(place)]
            guard connection.pointee.state != .free else { continue }
            switch errand.kind {
            case .list(let only):
                if let only, only != sessionID(connection) { continue }
                errand.sessions.append(report(connection))
            case .shut(let id) where id == sessionID(connection):
                errand.ended += 1
                finish(connection, .killed)
            case .shutServer(let cells) where connection.pointee.target?.pointee.cells == cells:
                errand.ended += 1
                finish(connection, .killed)
            case .count where connection.pointee.frontend.pointee.countsContinuously: countNow(connection)
            case .shut, .shutServer, .count, .assign: break
            }
        }
    }

    /// As HAProxy's are addresses, these are numbers that look like one: the place of the connection, whose turn it is there,
    /// and the thread.
    private func sessionID(_ connection: UnsafeMutablePointer<Connection>) -> UInt64 {
        let place = UInt64(index & 0x3ff) << 22 | UInt64(connection.pointee.index)
        return UInt64(connection.pointee.generation &+ 1) << 32 | place
    }

    private func report(_ connection: UnsafeMutablePointer<Connection>) -> SessionReport {
        var report = SessionReport()
        report.id = sessionID(connection)
        report.state = Self.state(connection.pointee.state)
        let peer = Party(
            number: connection.pointee.peerAddress,
            port: connection.pointee.peerPort,
            family: connection.pointee.peerFamily
        )
        report.source = peer.endpoint
        report.destination = peer.family == 0 ? nil : destination(connection).endpoint
        report.frontend = connection.pointee.frontend.pointee.name.string
        report.backend = connection.pointee.backend?.pointee.name.string
        if let target = connection.pointee.target {
            report.server = target.pointee.name.string
            report.serverAddress = target.pointee.address.endpoint
        }
        report.thread = UInt32(truncatingIfNeeded: index)
        report.acceptedAt = connection.pointee.acceptedWall
        report.age = now - connection.pointee.acceptedAt
        if connection.pointee.wheelSlot >= 0 {
            report.expires = connection.pointee.deadline > now ? connection.pointee.deadline - now : 0
        }
        report.clientDescriptor = connection.pointee.client
        report.serverDescriptor = connection.pointee.server
        report.retries = UInt32(connection.pointee.attempts)
        report.bytesIn = connection.pointee.up.bytes
        report.bytesOut = connection.pointee.down.bytes
        return report
    }

    private static func state(_ state: ConnectionState) -> SessionReport.State {
        switch state {
        case .connecting: .connecting
        case .waiting: .waiting
        case .queued: .queued
        case .relaying: .relaying
        default: .beginning
        }
    }
}

extension Party {
    /// nil where there is no address.
    fileprivate var endpoint: Endpoint? {
        family == 0 ? nil : Endpoint(IPAddress(family: family == 4 ? .v4 : .v6, number: number), port: port)
    }
}

extension Engine {
    /// Every session, the oldest first; or the one of that number.
    public func sessions(only id: UInt64? = nil) -> [SessionReport] {
        var result: [SessionReport] = []
        for worker in workers {
            let errand = Errand(.list(only: id))
            worker.mailbox.run(errand)
            result += errand.sessions
        }
        let numbers = ProxyPlaces(plan)
        for index in result.indices {
            result[index].frontendNumber = numbers.number(result[index].frontend)
            guard let backend = result[index].backend else { continue }
            result[index].backendNumber = numbers.number(backend)
            guard let server = result[index].server, let known = control(ofBackend: backend),
                let place = known.index(of: server)
            else { continue }
            result[index].serverNumber = known.facts[place].number
        }
        return result.sorted { ($1.age, $0.id) < ($0.age, $1.id) }
    }

    /// Ends a session.
    ///
    /// - Returns: false if there is none of that number.
    public func shutSession(_ id: UInt64) -> Bool {
        for worker in workers {
            let errand = Errand(.shut(id))
            worker.mailbox.run(errand)
            if errand.ended > 0 { return true }
        }
        return false
    }

    func shutSessions(of server: UnsafeMutablePointer<ServerCells>) {
        for worker in workers { worker.mailbox.run(Errand(.shutServer(server))) }
    }

    /// Turns of each thread so far, and connections that it took.
    public var activity: [(turns: UInt64, taken: UInt64)] {
        workers.map {
            (
                clinux_atomic_load_wide(&$0.mailbox.cells.pointee.turns),
                clinux_atomic_load_wide(&$0.mailbox.cells.pointee.taken)
            )
        }
    }
}

/// Numbers of proxies by their names.
private struct ProxyPlaces {
    private var numbers: [String: UInt32] = [:]

    init(_ plan: Plan) {
        for section in plan.sections {
            if let index = section.frontend { numbers[plan.frontends[index].name] = section.number }
            if let index = section.backend { numbers[plan.backends[index].name] = section.number }
        }
    }

    func number(_ name: String) -> UInt32 { numbers[name] ?? 0 }
}
