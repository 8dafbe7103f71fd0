internal import CLinux
internal import Glibc

// What a connection, its frontend, its backend and its server are like now.
extension Worker {
    func party(_ fetch: SampleFetch, _ connection: UnsafeMutablePointer<Connection>) -> SampleOutcome {
        switch fetch {
        case .receivedProxy: return .value(.boolean(connection.pointee.rare?.pointee.hasHeader ?? false))
        case .source, .sourcePort, .sourceIsLocal, .frontSource, .frontSourcePort, .frontSourceIsLocal:
            var party = Party(
                number: connection.pointee.peerAddress,
                port: connection.pointee.peerPort,
                family: connection.pointee.peerFamily
            )
            let isFront = fetch == .frontSource || fetch == .frontSourcePort || fetch == .frontSourceIsLocal
            if isFront, let former = connection.pointee.rare?.pointee.formerSource { party = former }
            if party.family == 0 { return .absent }
            switch fetch {
            case .source, .frontSource: return .value(.address(party.number, family: party.family))
            case .sourcePort, .frontSourcePort: return .value(.integer(Int64(party.port)))
            default: return .value(.boolean(Self.isLocal(party)))
            }
        default:
            let isFront =
                fetch == .frontDestination || fetch == .frontDestinationPort || fetch == .frontDestinationIsLocal
            let former = isFront ? connection.pointee.rare?.pointee.formerDestination : nil
            let party = former ?? destination(connection)
            if party.family == 0 { return .absent }
            switch fetch {
            case .destination, .frontDestination: return .value(.address(party.number, family: party.family))
            case .destinationPort, .frontDestinationPort: return .value(.integer(Int64(party.port)))
            default: return .value(.boolean(Self.isLocal(party)))
            }
        }
    }

    /// The connection to the server; there is none before one is chosen, and behind `close`.
    func serverParty(_ fetch: SampleFetch, _ connection: UnsafeMutablePointer<Connection>) -> SampleOutcome {
        let descriptor = connection.pointee.server
        if descriptor < 0 { return .absent }
        let isSource = fetch == .serverSource || fetch == .serverSourcePort
        let party = isSource ? Self.party(of: descriptor) : Self.remoteParty(of: descriptor)
        if party.family == 0 { return .absent }
        switch fetch {
        case .serverSource, .serverDestination: return .value(.address(party.number, family: party.family))
        default: return .value(.integer(Int64(party.port)))
        }
    }

    /// What went wrong before there was a session; in rules that is nothing.
    func frontError(_ fetch: SampleFetch, _ connection: UnsafeMutablePointer<Connection>) -> SampleOutcome {
        let refusal = connection.pointee.rare?.pointee.refusal
        if fetch == .frontError { return .value(.integer(refusal.map { Int64($0.number) } ?? 0)) }
        let words = refusal?.words ?? "Success"
        return .value(.string(UnsafeRawBufferPointer(start: words.utf8Start, count: words.utf8CodeUnitCount)))
    }

    /// An address of this machine: a socket can be bound to it.
    private static func isLocal(_ party: Party) -> Bool {
        var address = SocketAddress(Party(number: party.number, family: party.family))
        let type = CInt(SOCK_DGRAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue)
        let descriptor = socket(address.family, type, 0)
        if descriptor < 0 { return false }
        defer { close(descriptor) }
        return address.withPointer { bind(descriptor, $0, $1) } == 0
    }

    /// tcp(7), TCP_INFO.
    func kernelInformation(
        _ entry: UnsafePointer<ExpressionEntry>,
        _ connection: UnsafeMutablePointer<Connection>
    ) -> SampleOutcome {
        /// Words of `struct tcp_info` behind its eight first bytes.
        var words = (
            UInt64(0), UInt64(0), UInt64(0), UInt64(0), UInt64(0), UInt64(0), UInt64(0), UInt64(0), UInt64(0),
            UInt64(0), UInt64(0), UInt64(0)
        )
        var size = socklen_t(MemoryLayout.size(ofValue: words))
        guard connection.pointee.peerFamily != 0,
            getsockopt(connection.pointee.client, CInt(IPPROTO_TCP), TCP_INFO, &words, &size) == 0
        else { return .absent }
        let place: Int =
            switch entry.pointee.fetch {
            case .unacknowledged: 24
            case .selectivelyAcknowledged: 28
            case .lost: 32
            case .retransmissions: 36
            case .forwardAcknowledged: 40
            case .roundTripTime: 68
            case .roundTripVariance: 72
            default: 88
            }
        guard place + 4 <= Int(size) else { return .absent }
        let value = withUnsafeBytes(of: words) { $0.loadUnaligned(fromByteOffset: place, as: UInt32.self) }
        switch entry.pointee.fetch {
        // Microseconds; without `us` they are told as milliseconds.
        case .roundTripTime, .roundTripVariance:
            let isFine = text(entry, 0).first == UInt8(ascii: "u")
            return .value(.integer(Int64(isFine ? value : value / 1000)))
        default: return .value(.integer(Int64(value)))
        }
    }

    func frontendSample(
        _ entry: UnsafePointer<ExpressionEntry>,
        _ connection: UnsafeMutablePointer<Connection>
    ) -> SampleOutcome {
        let frontend = connection.pointee.frontend
        switch entry.pointee.fetch {
        case .listenerNumber:
            guard let listener = connection.pointee.rare?.pointee.listener else { return .absent }
            return .value(.integer(Int64(listener.number)))
        case .listenerName:
            guard let listener = connection.pointee.rare?.pointee.listener, listener.name.count > 0 else {
                return .absent
            }
            return .value(.string(listener.name.raw))
        case .frontendName: return .value(.string(frontend.pointee.name.raw))
        case .frontendNumber:
            return .value(.integer(Int64(clinux_atomic_load(&frontend.pointee.cells.pointee.number))))
        case .listenerConnections:
            guard let listener = connection.pointee.listener else { return .absent }
            return .value(.integer(Int64(clinux_atomic_load(&listener.pointee.connections))))
        case .frontendConnections:
            let cells = entry.pointee.arguments[0].cells?.assumingMemoryBound(to: FrontendCells.self)
            return .value(.integer(Int64(cells.map { clinux_atomic_load(&$0.pointee.connections) } ?? 0)))
        case .frontendSessionRate:
            let cells = entry.pointee.arguments[0].cells?.assumingMemoryBound(to: FrontendCells.self)
            return rate(cells?.seen)
        // There are no requests in mode tcp.
        case .frontendRequestRate: return .value(.integer(0))
        case .frontendDefaultBackend:
            guard let backend = frontend.pointee.defaultBackend else { return .absent }
            return .value(.string(backend.pointee.name.raw))
        default: return .value(.integer(Int64(frontend.pointee.clientTimeout)))
        }
    }

    func backendSample(
        _ entry: UnsafePointer<ExpressionEntry>,
        _ connection: UnsafeMutablePointer<Connection>
    ) -> SampleOutcome {
        switch entry.pointee.fetch {
        case .backendName:
            let name = connection.pointee.backend?.pointee.name ?? connection.pointee.frontend.pointee.name
            return .value(.string(name.raw))
        case .backendNumber:
            let number =
                connection.pointee.backend.map { clinux_atomic_load(&$0.pointee.cells.pointee.number) }
                ?? clinux_atomic_load(&connection.pointee.frontend.pointee.cells.pointee.number)
            return .value(.integer(Int64(number)))
        case .backendServerTimeout:
            guard let backend = connection.pointee.backend else { return .absent }
            return .value(.integer(Int64(backend.pointee.serverTimeout)))
        case .backendTunnelTimeout:
            guard let backend = connection.pointee.backend else { return .absent }
            return .value(.integer(Int64(backend.pointee.tunnelTimeout)))
        default: break
        }
        guard let cells = entry.pointee.arguments[0].cells?.assumingMemoryBound(to: BackendCells.self) else {
            return .absent
        }
        if entry.pointee.fetch == .backendConnections {
            return .value(.integer(Int64(clinux_atomic_load(&cells.pointee.connections))))
        }
        if entry.pointee.fetch == .backendSessionRate { return rate(cells.seen) }
        guard let backend = cells.pointee.newest else { return .absent }
        let load = BackendLoadSample(backend)
        switch entry.pointee.fetch {
        case .usableServers: return .value(.integer(load.usable))
        case .queue: return .value(.integer(load.queued))
        case .averageQueue:
            // Without a server, HAProxy's are twice as many.
            return .value(
                .integer(load.usable > 0 ? (load.queued + load.usable - 1) / load.usable : load.queued * 2)
            )
        case .connectionSlots: return .value(.integer(load.slots))
        default: return .value(.integer(load.freeConnections))
        }
    }

    /// Sessions in the last second.
    private func rate(_ traffic: UnsafeMutablePointer<TrafficCells>?) -> SampleOutcome {
        .value(.integer(Int64(traffic.map { RateCells.read(&$0.pointee.sessionRate, now: now) } ?? 0)))
    }

    func serverSample(
        _ entry: UnsafePointer<ExpressionEntry>,
        _ connection: UnsafeMutablePointer<Connection>
    ) -> SampleOutcome {
        switch entry.pointee.fetch {
        case .serverName:
            guard let target = connection.pointee.target else { return .absent }
            return .value(.string(target.pointee.name.raw))
        case .serverNumber:
            guard let target = connection.pointee.target, let backend = connection.pointee.backend else {
                return .absent
            }
            let place = target - backend.pointee.servers
            return .value(.integer(Int64(backend.pointee.balance.pointee.servers[place].id)))
        default: break
        }
        let argument = entry.pointee.arguments
        guard let cells = argument[0].cells?.assumingMemoryBound(to: BackendCells.self),
            let backend = cells.pointee.newest,
            let place = backend.pointee.place(ofServer: argument[0].text)
        else { return .absent }
        let server = backend.pointee.servers[place].cells
        let connections = Int64(clinux_atomic_load(&server.pointee.connections))
        switch entry.pointee.fetch {
        case .serverConnections: return .value(.integer(connections))
        case .serverSessionRate: return rate(server.seen)
        case .serverIsUp: return .value(.boolean(!server.pointee.isStopped))
        case .serverInitialWeight: return .value(.integer(Int64(server.pointee.weight)))
        case .serverWeight, .serverUserWeight: return .value(.integer(Int64(server.pointee.currentWeight)))
        default: break
        }
        clinux_lock(&cells.pointee.lock)
        let (queued, most) = (Int64(server.pointee.queue.length), Int64(server.pointee.maxConnections))
        clinux_unlock(&cells.pointee.lock)
        if entry.pointee.fetch == .serverQueue { return .value(.integer(queued)) }
        return .value(.integer(most == 0 ? -1 : max(0, most - connections)))
    }
}

/// What a backend's servers could still take.
private struct BackendLoadSample {
    /// Servers that connections may go to (`nbsrv`).
    var usable: Int64 = 0
    var queued: Int64 = 0
    /// -1: without end.
    var slots: Int64 = 0
    var freeConnections: Int64 = 0

    init(_ backend: UnsafePointer<BackendEntry>) {
        let cells = backend.pointee.cells
        let balance = backend.pointee.balance
        clinux_lock(&cells.pointee.lock)
        defer { clinux_unlock(&cells.pointee.lock) }
        queued = Int64(cells.pointee.queue.length)
        var (active, backup): (Int64, Int64) = (0, 0)
        for place in 0..<backend.pointee.serverCount {
            let server = backend.pointee.servers[place].cells
            queued += Int64(server.pointee.queue.length)
            let isBackup = balance.pointee.servers[place].isBackup
            let isStopped = server.pointee.isStopped
            let isUsable = clinux_atomic_load(&server.pointee.isUp) != 0 && server.pointee.currentWeight > 0
            let connections = Int64(clinux_atomic_load(&server.pointee.connections))
            let (most, mostQueue) = (Int64(server.pointee.maxConnections), Int64(server.pointee.maxQueue))
            if !isStopped, slots >= 0 {
                slots =
                    most == 0 || mostQueue == 0
                    ? -1 : slots + most - connections + mostQueue - Int64(server.pointee.queue.length)
            }
            guard isUsable else { continue }
            if isBackup { backup += 1 } else { active += 1 }
        }
        usable = active > 0 ? active : balance.pointee.usesAllBackups ? backup : min(1, backup)
        // Backups count where nobody else is left.
        for place in 0..<backend.pointee.serverCount where freeConnections >= 0 {
            let server = backend.pointee.servers[place].cells
            let known = balance.pointee.servers[place]
            guard clinux_atomic_load(&server.pointee.isUp) != 0, server.pointee.currentWeight > 0,
                !known.isBackup || active == 0
            else { continue }
            let most = Int64(server.pointee.maxConnections)
            let connections = Int64(clinux_atomic_load(&server.pointee.connections))
            freeConnections = most == 0 ? -1 : freeConnections + max(0, most - connections)
        }
    }
}

extension BackendEntry {
    func place(ofServer name: PlanText) -> Int? {
        for place in 0..<serverCount {
            let other = servers[place].name
            if other.count == name.count, memcmp(other.start, name.start, name.count) == 0 { return place }
        }
        return nil
    }
}

extension BackendCells {
    /// The entry of the newest plan; it stays until every thread has that plan.
    var newest: UnsafePointer<BackendEntry>? {
        mutating get {
            clinux_atomic_load_pointer(&entry).map { UnsafePointer($0.assumingMemoryBound(to: BackendEntry.self)) }
        }
    }
}
