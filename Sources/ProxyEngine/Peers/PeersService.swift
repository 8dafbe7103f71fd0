internal import CLinux
internal import Glibc

/// Tells peers of the changes of stick tables and learns theirs, on a thread of its own: the data path only links what has
/// changed into a list, and rings a bell if nobody is awake.
final class PeersService: @unchecked Sendable {
    // The lock guards everything; the thread gives it away while it waits.
    private let lock: UnsafeMutablePointer<pthread_mutex_t>
    private var groups: [PeerGroup] = []
    private var isStopping = false
    private let bell: CInt
    private var thread = pthread_t()
    private var isRunning = false
    private let names: ServerNames
    private var turns = 0
    private var replaces: Bool

    /// Connections that have not said who they are.
    private static let mostStrangers = 64

    /// - Parameter replaces: Another process will tell what it knows, and end.
    init(_ names: ServerNames, replaces: Bool = false) {
        self.names = names
        self.replaces = replaces
        lock = .allocate(capacity: 1)
        pthread_mutex_init(lock, nil)
        bell = clinux_eventfd(1)
    }

    deinit {
        close(bell)
        pthread_mutex_destroy(lock)
        lock.deallocate()
    }

    /// - Parameter tables: All that there are.
    func configure(_ sections: [PeersSection], _ tables: [SharedStickTable]) {
        pthread_mutex_lock(lock)
        let now = Clock.monotonic()
        let former = groups
        groups = sections.map { section in
            let group =
                former.first { $0.section.name == section.name }
                ?? PeerGroup(section, names, replaces: replaces, now: now)
            let own = tables.filter { $0.table.peers == section.name }
            group.configure(section, own.sorted { $0.table.name < $1.table.name })
            // Whoever is told that this process serves may tell what it knows at once.
            group.listen(now: now)
            return group
        }
        replaces = false
        for group in former where !groups.contains(where: { $0 === group }) { group.forget() }
        let starts = !isRunning && !groups.isEmpty
        pthread_mutex_unlock(lock)
        if starts { start() }
        ring()
    }

    private func start() {
        let code = pthread_create(
            &thread,
            nil,
            { context in
                guard let context else { return nil }
                Unmanaged<PeersService>.fromOpaque(context).takeRetainedValue().run()
                return nil
            },
            Unmanaged.passRetained(self).toOpaque()
        )
        isRunning = code == 0
        if !isRunning { Unmanaged.passUnretained(self).release() }
    }

    func stop() {
        guard isRunning else { return }
        pthread_mutex_lock(lock)
        isStopping = true
        pthread_mutex_unlock(lock)
        ring()
        pthread_join(thread, nil)
        isRunning = false
        for group in groups { group.forget() }
        groups = []
    }

    /// Listens no more, leaves the peers, and tells the process that listens now all that there is.
    func handOver() {
        pthread_mutex_lock(lock)
        let now = Clock.monotonic()
        for group in groups { group.handOver(now: now) }
        pthread_mutex_unlock(lock)
        ring()
    }

    /// Nobody is to be told any more after ``handOver()``.
    var hasHandedOver: Bool { withGroups { groups, _ in groups.allSatisfy { $0.hasHandedOver } } }

    private func ring() {
        var one: UInt64 = 1
        _ = write(bell, &one, 8)
    }

    /// Calls `body` with the groups, while nothing changes.
    func withGroups<Result>(_ body: ([PeerGroup], _ turns: Int) -> Result) -> Result {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        return body(groups, turns)
    }

    // MARK: - The thread

    private func run() {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        while !isStopping {
            turns &+= 1
            let now = Clock.monotonic()
            var isBusy = false
            for group in groups {
                group.tend(now: now)
                if group.tell(now: now) { isBusy = true }
                for remote in group.parties {
                    if let session = remote.session, !flush(session, now) { remote.lose(now: now, after: 1000) }
                }
                group.strangers.removeAll { !$0.flush(now: now) }
                if !group.await(bell) { isBusy = true }
            }
            wait(isBusy ? 0 : groups.contains { $0.isImpatient } ? 50 : 500)
        }
    }

    private func flush(_ session: PeerSession, _ now: UInt64) -> Bool {
        session.state == .connecting || session.flush(now: now)
    }

    private func wait(_ milliseconds: CInt) {
        var waits = [pollfd(fd: bell, events: Int16(POLLIN), revents: 0)]
        for group in groups {
            // Full, it would wake us without end.
            if group.listener >= 0, group.strangers.count < Self.mostStrangers {
                waits.append(pollfd(fd: group.listener, events: Int16(POLLIN), revents: 0))
            }
            for session in group.parties.compactMap({ $0.session }) + group.strangers {
                let writes = session.state == .connecting || session.waiting > 0
                let events = Int16(POLLIN) | (writes ? Int16(POLLOUT) : 0)
                waits.append(pollfd(fd: session.socket, events: events, revents: 0))
            }
        }
        pthread_mutex_unlock(lock)
        poll(&waits, nfds_t(waits.count), milliseconds)
        pthread_mutex_lock(lock)
        var count: UInt64 = 0
        if waits[0].revents != 0 { _ = read(bell, &count, 8) }
        let ready = Dictionary(waits.dropFirst().map { ($0.fd, $0.revents) }) { first, _ in first }
        let now = Clock.monotonic()
        // What was reconfigured meanwhile may have other descriptors: none is used but those that are there now.
        for group in groups { hear(group, ready, now) }
    }

    private func hear(_ group: PeerGroup, _ ready: [CInt: Int16], _ now: UInt64) {
        if group.listener >= 0, ready[group.listener] ?? 0 != 0 {
            while group.strangers.count < Self.mostStrangers, let (socket, ends) = PeerSockets.accept(group.listener) {
                group.strangers.append(PeerSession(socket, .welcoming, ends, now: now))
            }
        }
        for remote in group.parties {
            guard let session = remote.session, ready[session.socket] ?? 0 != 0 else { continue }
            if session.state == .connecting {
                if clinux_socket_error(session.socket) != 0 {
                    remote.lose(now: now, after: PeerGroup.patience)
                    continue
                }
                group.greet(remote, session)
            }
            let isThere = session.receive(now: now)
            if !session.take(group, remote, now: now) {
                remote.errors += 1
                remote.lose(now: now, after: PeerGroup.patience)
            } else if !isThere {
                remote.lose(now: now, after: 1000)
            }
        }
        for stranger in group.strangers where ready[stranger.socket] ?? 0 != 0 {
            let isThere = stranger.receive(now: now)
            guard let lines = stranger.takeLines(3) else {
                if !isThere || stranger.input.count > 1024 { group.strangers.removeAll { $0 === stranger } }
                continue
            }
            group.strangers.removeAll { $0 === stranger }
            if let remote = group.welcome(lines, stranger, now: now) {
                if !stranger.take(group, remote, now: now) { remote.lose(now: now, after: PeerGroup.patience) }
            } else {
                _ = stranger.flush(now: now)
            }
        }
    }
}
