internal import CLinux
internal import Glibc
internal import HealthChecks
internal import Syscalls

/// Runs the health checks on a thread of its own, away from the data path.
final class Checker: @unchecked Sendable {
    // The lock guards `incoming` and `stopping`; everything else belongs to the thread.
    private let lock: UnsafeMutablePointer<pthread_mutex_t>
    private var incoming: [Update] = []
    private var surroundings = Surroundings()
    private var stopping = false
    private let wake: CInt
    /// Rung by the data path when a server that is observed fails too often.
    private let alarm: CInt
    private var thread = pthread_t()
    private var started = false

    let epoll: CInt
    let logs: LogCenter
    /// As the thread has it.
    private(set) var known = Surroundings()
    var servers: [ObjectIdentifier: CheckedServer] = [:]
    var probes: [UInt64: Probe] = [:]
    var queue = DueQueue()
    var tls = TLSContexts()
    /// nil until a check asks for TLS.
    private var hasTLS: Bool?
    lazy var node = HostName.own
    private var lastID = Tag.first

    /// What a descriptor in epoll is for: one of these, or a probe's identity.
    private enum Tag {
        static let wake: UInt64 = 0
        static let alarm: UInt64 = 1
        static let first: UInt64 = 1
    }

    /// - Parameter alarm: An eventfd, which stays the caller's.
    init(logs: LogCenter, alarm: CInt = -1) {
        self.logs = logs
        self.alarm = alarm
        lock = .allocate(capacity: 1)
        pthread_mutex_init(lock, nil)
        wake = clinux_eventfd(1)
        epoll = clinux_epoll_create()
        _ = clinux_epoll_add(epoll, wake, UInt32(CLINUX_EPOLL_IN), Tag.wake)
        if alarm >= 0 { _ = clinux_epoll_add(epoll, alarm, UInt32(CLINUX_EPOLL_IN), Tag.alarm) }
        let code = pthread_create(
            &thread,
            nil,
            { context in
                guard let context else { return nil }
                Unmanaged<Checker>.fromOpaque(context).takeRetainedValue().run()
                return nil
            },
            Unmanaged.passRetained(self).toOpaque()
        )
        started = code == 0
        if !started { Unmanaged.passUnretained(self).release() }
    }

    deinit {
        pthread_mutex_destroy(lock)
        lock.deallocate()
        if wake >= 0 { close(wake) }
        if epoll >= 0 { close(epoll) }
    }

    /// What is checked from now on.
    struct Update: Sendable {
        /// Servers that are known keep their state.
        var targets: [CheckTarget]
        /// Who is not checked any more, unless it is among ``targets``.
        var former: [ObjectIdentifier]
        /// Somebody says how a server is.
        var orders: [Order] = []
    }

    struct Order: Sendable {
        enum Word: Sendable {
            case health(ServerOrder.Health)
            case agent(isUp: Bool, ServerOrder.Giver)
            /// It has left maintenance, or was restored: it goes on from what is noted of it by now.
            case resume
        }

        var cells: Shared<ServerCells>
        var word: Word
    }

    /// Somebody says how a server is.
    func take(_ word: Order.Word, _ cells: Shared<ServerCells>) {
        take([Update(targets: [], former: [], orders: [Order(cells: cells, word: word)])], nil)
    }

    /// What holds for all checks.
    struct Surroundings: Sendable {
        /// Those that track a server, by the cells of whom they follow.
        var followers: [ObjectIdentifier: [Follower]] = [:]
        /// `spread-checks`: percent by which intervals vary.
        var spread = 0
        /// `max-spread-checks`
        var mostSpread: UInt32?
        /// Who is told of what concerns no server. It stays for as long as the engine.
        nonisolated(unsafe) var log: UnsafePointer<LogGroupEntry>?

        init() {}

        init(
            _ settings: EngineSettings,
            followers: [ObjectIdentifier: [Follower]],
            log: UnsafePointer<LogGroupEntry>?
        ) {
            self.followers = followers
            self.log = log
            spread = settings.spreadChecks
            mostSpread = settings.maxSpreadChecks
        }
    }

    /// - Parameter surroundings: nil if they are as before.
    func take(_ updates: [Update], _ surroundings: Surroundings?) {
        locked {
            incoming += updates
            if let surroundings { self.surroundings = surroundings }
        }
        Self.ring(wake)
    }

    func stop() {
        locked { stopping = true }
        Self.ring(wake)
        if started { pthread_join(thread, nil) }
        started = false
    }

    func locked<Result>(_ body: () -> Result) -> Result {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        return body()
    }

    static func ring(_ descriptor: CInt) {
        var one: UInt64 = 1
        _ = write(descriptor, &one, 8)
    }

    private static func silence(_ descriptor: CInt) {
        var count: UInt64 = 0
        _ = read(descriptor, &count, 8)
    }

    /// To take so many servers over leaves garbage worth giving back.
    private static let many = 256

    private func run() {
        let events = UnsafeMutablePointer<clinux_event>.allocate(capacity: Int(CLINUX_EVENT_BATCH))
        defer { events.deallocate() }
        while true {
            guard let taken = takeUpdates() else { break }
            if taken > Self.many { clinux_trim_heap() }
            let now = Clock.monotonic()
            let next = queue.next
            var limit = next.map { $0 <= now ? 0 : CInt(clamping: $0 - now) } ?? -1
            // Lines that a sink did not take wait for this thread.
            if logs.flush() { limit = limit < 0 ? 100 : min(limit, 100) }
            let count = clinux_epoll_wait(epoll, events, limit)
            for index in 0..<Int(max(0, count)) {
                let event = events[index]
                switch event.tag {
                case Tag.wake: Self.silence(wake)
                case Tag.alarm:
                    Self.silence(alarm)
                    observe(Clock.monotonic())
                default: if let probe = probes[event.tag] { ready(probe, event.events) }
                }
            }
            // What was due before epoll(7) was asked: whatever its server said until then has been heard, however late
            // this thread is.
            while let entry = queue.take(now: now) {
                if let probe = probes[entry.id], probe.wakesAt == entry.time { due(probe, now) }
            }
        }
        for probe in probes.values { probe.socket?.close() }
        probes = [:]
        servers = [:]
        tls.free()
    }

    /// Most servers that came with one update; nil: stop. What came is free when this returns.
    private func takeUpdates() -> Int? {
        let (stop, updates, around) = locked {
            defer { incoming = [] }
            return (stopping, incoming, surroundings)
        }
        if stop { return nil }
        known = around
        for update in updates { adopt(update, now: Clock.monotonic()) }
        return updates.map { $0.targets.count }.max() ?? 0
    }

    private func obey(_ order: Order) {
        guard let server = servers[ObjectIdentifier(order.cells)] else { return }
        switch order.word {
        case .health(let health): server.condition.obey(health)
        case .resume:
            resume(server)
            // A command may have said more in the meantime, and its order is yet to come: what is noted counts.
            return ServerControl(order.cells).note(check: server.condition.check, agent: server.condition.agent)
        case .agent(let isUp, let giver):
            let before = server.condition.operation
            server.condition.obey(agentIsUp: isUp)
            let effect = apply(server)
            let operation = server.condition.operation
            let control = ServerControl(order.cells)
            control.note(check: nil, agent: server.condition.agent)
            if operation == before || control.standing.isInMaintenance { return }
            var place = server.target.place
            place.adopt(effect)
            place.standing = control.standing
            place.isDown = operation == .stopped
            let log = server.target.backend.log
            return teller.tell(isUp ? .up : .down, place, of: order.cells, log, reason: giver.reason)
        }
        apply(server)
        ServerControl(order.cells).note(check: server.condition.check, agent: server.condition.agent)
    }

    /// It goes on from what is noted of it: commands and state files may have said something before its first check.
    private func resume(_ server: CheckedServer) {
        let control = ServerControl(server.target.cells)
        let noted = control.noted
        server.condition.resume(check: noted.check, agent: noted.agent, control.health)
    }

    /// Servers that have left maintenance begin anew.
    func beginAnew(_ cells: Shared<ServerCells>, _ effect: ServerControl.Effect) {
        if effect.isBack, let server = servers[ObjectIdentifier(cells)] { resume(server) }
        for follower in effect.followers { beginAnew(follower.cells, follower.effect) }
    }

    /// Takes over what is to be checked. Checks that are new start spread over their interval.
    private func adopt(_ update: Update, now: UInt64) {
        var fresh: [Probe] = []
        if servers.isEmpty { servers.reserveCapacity(update.targets.count) }
        for target in update.targets {
            let server: CheckedServer
            if let known = servers[target.id] {
                server = known
                if known.target.server.agent != nil, target.server.agent == nil { forgetAgent(target) }
                if known.target.server.check != nil, target.server.check == nil {
                    ServerControl(target.cells).forgetCheck()
                }
                server.target = target
                let before = server.condition.operation
                server.condition.adopt(check: target.server.check, hasAgent: target.server.agent != nil)
                // Otherwise its cells may know better, by a command whose words are still to come.
                if server.condition.operation != before { apply(server) }
            } else {
                server = CheckedServer(target)
                servers[target.id] = server
                resume(server)
            }
            fresh += equip(server, now)
        }
        let starts = CheckSchedule.starts(fresh.map { $0.interval }, most: known.mostSpread)
        for (probe, start) in zip(fresh, starts) {
            wake(probe, at: now + start)
        }
        for order in update.orders { obey(order) }
        let stay = Set(update.targets.map { $0.id })
        var following: [ObjectIdentifier: Follower] = [:]
        if !update.former.isEmpty {
            for follower in known.followers.values.joined() { following[ObjectIdentifier(follower.cells)] = follower }
        }
        for id in update.former where !stay.contains(id) {
            guard let server = servers.removeValue(forKey: id) else { continue }
            for probe in server.probes { forget(probe) }
            // Unchecked from here on, whatever the last check said: what the one is that it tracks, or up.
            if let follower = following[id] { follower.align() } else { ServerControl(server.target.cells).mark(.up) }
            if server.target.server.agent != nil { forgetAgent(server.target) }
            ServerControl(server.target.cells).forgetCheck()
        }
    }

    /// What an agent asked for ends with it.
    private func forgetAgent(_ target: CheckTarget) {
        beginAnew(target.cells, ServerControl(target.cells).forgetAgent())
    }

    /// Gives a server the probes its settings ask for; returns those that are new.
    private func equip(_ server: CheckedServer, _ now: UInt64) -> [Probe] {
        var fresh: [Probe] = []
        equip(server, &server.check, .check, isWanted: server.target.server.check != nil, now, &fresh)
        equip(server, &server.agent, .agent, isWanted: server.target.server.agent != nil, now, &fresh)
        return fresh
    }

    private func equip(
        _ server: CheckedServer,
        _ place: inout Probe?,
        _ source: ServerCondition.Source,
        isWanted: Bool,
        _ now: UInt64,
        _ fresh: inout [Probe]
    ) {
        if let probe = place {
            if !isWanted {
                forget(probe)
                place = nil
            } else if probe.run == nil {
                // A shorter interval does not wait for the end of the longer one.
                wake(probe, at: min(probe.wakesAt, now + UInt64(probe.interval)))
            }
        } else if isWanted {
            lastID += 1
            let probe = Probe(lastID, source, server)
            probes[probe.id] = probe
            place = probe
            fresh.append(probe)
        }
    }

    private func forget(_ probe: Probe) {
        probe.socket?.close()
        probes[probe.id] = nil
    }

    /// Whether TLS can be spoken; says so once if it cannot.
    func canSpeakTLS() -> Bool {
        if let hasTLS { return hasTLS }
        let result = TLSContexts.load()
        hasTLS = result
        if !result {
            let words = "Health checks that want TLS connect only until the next start: no OpenSSL is loaded."
            logs.tell(LogLine(.warning, words), known.log)
        }
        return result
    }

    var teller: HealthTeller { HealthTeller(logs: logs, followers: known.followers) }

    /// Tells of what happens to a server.
    func tell(_ line: LogLine, of backend: WatchedBackend) { logs.tell(aloud: line, backend.log) }

    func wake(_ probe: Probe, at time: UInt64) {
        if probe.wakesAt == time { return }
        probe.wakesAt = time
        queue.add(time, probe.id)
    }

    /// Brings the cells that balancing reads in line with the condition.
    @discardableResult
    func apply(_ server: CheckedServer) -> ServerControl.Effect {
        let control = ServerControl(server.target.cells)
        switch server.condition.operation {
        case .running: return control.mark(.up)
        case .stopping: return control.mark(.stopping)
        case .stopped: return control.mark(.down)
        }
    }
}
