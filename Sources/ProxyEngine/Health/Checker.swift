internal import CLinux
internal import Glibc
internal import Syscalls

/// Runs the health checks on a thread of its own, away from the data path.
final class Checker: @unchecked Sendable {
    // The lock guards `incoming` and `stopping`; everything else belongs to the thread.
    private let lock: UnsafeMutablePointer<pthread_mutex_t>
    private var incoming: [CheckTarget]?
    private var stopping = false
    private let wake: CInt
    private let sink: LogSink
    /// `spread-checks`: percent by which intervals vary.
    private let spread: Int
    private var thread = pthread_t()
    private var started = false

    private var slots: [Slot] = []

    /// A target with its state.
    private struct Slot {
        var target: CheckTarget
        var health: HealthState
        var due: UInt64
        /// The connection under way; -1 between checks.
        var descriptor: CInt = -1
        var startedAt: UInt64 = 0
    }

    init(sink: LogSink, spread: Int = 0) {
        self.sink = sink
        self.spread = spread
        lock = .allocate(capacity: 1)
        pthread_mutex_init(lock, nil)
        wake = clinux_eventfd(1)
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
    }

    /// Checks these from now on. Servers that are known keep their state.
    func update(_ targets: [CheckTarget]) {
        pthread_mutex_lock(lock)
        incoming = targets
        pthread_mutex_unlock(lock)
        ring()
    }

    func stop() {
        pthread_mutex_lock(lock)
        stopping = true
        pthread_mutex_unlock(lock)
        ring()
        if started { pthread_join(thread, nil) }
        started = false
    }

    private func ring() {
        var one: UInt64 = 1
        _ = write(wake, &one, 8)
    }

    private func run() {
        while true {
            pthread_mutex_lock(lock)
            let stop = stopping
            let targets = incoming
            incoming = nil
            pthread_mutex_unlock(lock)
            if stop { break }
            if let targets { adopt(targets, now: Clock.monotonic()) }
            turn()
        }
        for slot in slots where slot.descriptor >= 0 { close(slot.descriptor) }
        slots = []
    }

    private func adopt(_ targets: [CheckTarget], now: UInt64) {
        var known: [ServerKey: Slot] = [:]
        for slot in slots { known[slot.target.key] = slot }
        // First checks are spread over the shortest interval, so that many servers make no burst.
        let fresh = targets.count(where: { known[$0.key] == nil })
        let shortest = UInt64(targets.map { $0.settings.interval }.min() ?? 2000)
        var position: UInt64 = 0
        slots = targets.map { target in
            if var slot = known.removeValue(forKey: target.key) {
                if slot.target.settings != target.settings {
                    slot.health.adopt(target.settings)
                    slot.due = min(slot.due, now + UInt64(target.settings.interval))
                }
                slot.target = target
                return slot
            }
            position += 1
            return Slot(
                target: target,
                health: HealthState(target.settings),
                due: now + shortest * (position - 1) / UInt64(max(1, fresh))
            )
        }
        for slot in known.values {
            if slot.descriptor >= 0 { close(slot.descriptor) }
            // Unchecked from here on, whatever the last check said.
            ServerControl(slot.target.cells).markUp()
        }
    }

    /// Starts what is due, waits for what happens next, and judges it.
    private func turn() {
        var now = Clock.monotonic()
        var waits = [pollfd(fd: wake, events: Int16(POLLIN), revents: 0)]
        var owners: [Int] = []
        var next = UInt64.max
        for index in slots.indices {
            if slots[index].descriptor < 0, slots[index].due <= now { start(index, now) }
            if slots[index].descriptor >= 0 {
                waits.append(pollfd(fd: slots[index].descriptor, events: Int16(POLLOUT), revents: 0))
                owners.append(index)
                next = min(next, slots[index].startedAt + UInt64(slots[index].target.timeout))
            } else {
                next = min(next, slots[index].due)
            }
        }
        let limit = next == .max ? -1 : next <= now ? 0 : CInt(clamping: next - now)
        poll(&waits, nfds_t(waits.count), limit)
        now = Clock.monotonic()
        if waits[0].revents != 0 {
            var count: UInt64 = 0
            _ = read(wake, &count, 8)
        }
        for (position, index) in owners.enumerated() {
            if waits[position + 1].revents != 0 {
                let code = clinux_socket_error(slots[index].descriptor)
                conclude(index, now, error: code)
            } else if now >= slots[index].startedAt + UInt64(slots[index].target.timeout) {
                conclude(index, now, error: ETIMEDOUT)
            }
        }
    }

    private func start(_ index: Int, _ now: UInt64) {
        var address = SocketAddress(slots[index].target.endpoint)
        let type = CInt(SOCK_STREAM.rawValue) | CInt(SOCK_NONBLOCK.rawValue) | CInt(SOCK_CLOEXEC.rawValue)
        slots[index].startedAt = now
        var local = slots[index].target.path.flatMap { UnixAddress($0) }
        let descriptor = socket(local == nil ? address.family : AF_UNIX, type, 0)
        guard descriptor >= 0 else {
            // Our own shortage says nothing about the server.
            slots[index].due = now + UInt64(slots[index].target.settings.interval)
            return
        }
        slots[index].descriptor = descriptor
        let code =
            local?.withPointer { connect(descriptor, $0, $1) } ?? address.withPointer { connect(descriptor, $0, $1) }
        if code < 0, errno != EINPROGRESS { conclude(index, now, error: errno) }
    }

    private func varied(_ interval: UInt64) -> UInt64 {
        let most = interval * UInt64(max(0, min(spread, 50))) / 100
        return most == 0 ? interval : interval - most + UInt64.random(in: 0...2 * most)
    }

    private func conclude(_ index: Int, _ now: UInt64, error: CInt) {
        let timedOut = error == ETIMEDOUT && now - slots[index].startedAt >= UInt64(slots[index].target.timeout)
        // A reset instead of an orderly end spares both sides the TIME-WAIT state, as HAProxy does.
        var linger = Glibc.linger(l_onoff: 1, l_linger: 0)
        setsockopt(slots[index].descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
        close(slots[index].descriptor)
        slots[index].descriptor = -1
        let action = error == 0 ? slots[index].health.passed() : slots[index].health.failed()
        let target = slots[index].target
        slots[index].due = now + varied(UInt64(slots[index].health.interval(target.settings)))
        guard action != .none else { return }
        let control = ServerControl(target.cells)
        let effect = action == .markUp ? control.markUp() : control.markDown()
        guard target.logsState else { return }
        let reason =
            error == 0
            ? "Layer4 check passed"
            : timedOut ? "Layer4 timeout" : "Layer4 connection problem, info: \"\(ErrnoName(error).words)\""
        for line in target.message(
            isUp: action == .markUp,
            reason: reason,
            milliseconds: now - slots[index].startedAt,
            effect
        ) { sink.line(line) }
    }
}
