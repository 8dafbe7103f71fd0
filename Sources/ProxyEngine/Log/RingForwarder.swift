internal import CLinux
internal import Glibc
internal import Syscalls

/// The thread that sends messages of rings on to their servers.
final class RingForwarder: @unchecked Sendable {
    // The lock guards `incoming`, `wanted` and `isStopping`; `links` belong to the thread.
    private let lock: UnsafeMutablePointer<pthread_mutex_t>
    private var incoming: [RingLink] = []
    /// Rings that somebody writes to.
    private var wanted: [LogRing] = []
    private var isStopping = false
    /// Rings that are to be let go of.
    private var forgotten: [UnsafeMutablePointer<RingMemory>] = []
    /// Those whose servers still get what waits for them, and until when. They belong to the thread.
    private var leaving: [(memory: UnsafeMutablePointer<RingMemory>, until: UInt64)] = []
    private var links: [RingLink] = []
    /// Milliseconds that a server has to take what a ring had when that went.
    private static let grace: UInt64 = 10000
    /// Rung by rings when they get something.
    let bell: CInt
    private var thread: pthread_t?

    /// nil without a descriptor for its bell.
    init?() {
        bell = clinux_eventfd(1)
        if bell < 0 { return nil }
        lock = .allocate(capacity: 1)
        pthread_mutex_init(lock, nil)
    }

    deinit {
        stop()
        for memory in forgotten + leaving.map({ $0.memory }) { RingMemory.release(memory) }
        pthread_mutex_destroy(lock)
        lock.deallocate()
        close(bell)
    }

    func add(_ links: [RingLink]) {
        pthread_mutex_lock(lock)
        incoming += links
        pthread_mutex_unlock(lock)
        Checker.ring(bell)
    }

    /// Only servers of these rings are connected to from now on; others get what waits for them.
    func keep(_ rings: [LogRing]) {
        pthread_mutex_lock(lock)
        wanted = rings
        pthread_mutex_unlock(lock)
        Checker.ring(bell)
    }

    /// Nobody writes to a ring any more: servers that are connected get what it has, then its memory is given back.
    func forget(_ memory: UnsafeMutablePointer<RingMemory>) {
        pthread_mutex_lock(lock)
        forgotten.append(memory)
        pthread_mutex_unlock(lock)
        Checker.ring(bell)
    }

    /// Starts the thread if it does not run; what waits is sent then.
    func start() {
        if thread != nil { return }
        var started = pthread_t()
        // The thread ends before this is freed: `deinit` waits for it.
        let code = pthread_create(
            &started,
            nil,
            { context in
                guard let context else { return nil }
                Unmanaged<RingForwarder>.fromOpaque(context).takeUnretainedValue().run()
                return nil
            },
            Unmanaged.passUnretained(self).toOpaque()
        )
        if code == 0 { thread = started }
    }

    func stop() {
        guard let thread else { return }
        pthread_mutex_lock(lock)
        isStopping = true
        pthread_mutex_unlock(lock)
        Checker.ring(bell)
        pthread_join(thread, nil)
        self.thread = nil
    }

    /// Takes over what came; false when it is time to end.
    private func takeIncoming() -> Bool {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        links += incoming
        incoming = []
        let now = Clock.monotonic()
        leaving += forgotten.map { ($0, now + Self.grace) }
        forgotten = []
        for index in links.indices {
            let memory = links[index].memory
            // Another one may be as it was.
            let isLeaving = leaving.contains { $0.memory == memory }
            links[index].isWanted = !isLeaving && wanted.contains(links[index].ring)
        }
        return !isStopping
    }

    /// Gives memory back whose servers have got all that they take.
    private func release(_ now: UInt64) {
        if leaving.isEmpty { return }
        let over = leaving.filter { ring, until in
            until <= now || links.allSatisfy { $0.memory != ring || $0.isResting }
        }.map { $0.memory }
        if over.isEmpty { return }
        for index in links.indices where over.contains(links[index].memory) { links[index].close() }
        links.removeAll { over.contains($0.memory) }
        leaving.removeAll { over.contains($0.memory) }
        for memory in over { RingMemory.release(memory) }
    }

    private func run() {
        var waits: [pollfd] = []
        while takeIncoming() {
            let now = Clock.monotonic()
            for index in links.indices {
                let revents = index + 1 < waits.count ? waits[index + 1].revents : 0
                links[index].step(revents, now: now)
            }
            release(now)
            waits = [pollfd(fd: bell, events: Int16(POLLIN), revents: 0)]
            waits += links.map { pollfd(fd: $0.socket, events: $0.events, revents: 0) }
            let next = (links.compactMap { $0.deadline } + leaving.map { $0.until }).min()
            let wait = next.map { $0 <= now ? 0 : CInt(clamping: $0 - now) } ?? -1
            if poll(&waits, nfds_t(waits.count), wait) < 0 { waits = [] }
            if waits.first?.revents ?? 0 != 0 {
                var count: UInt64 = 0
                _ = read(bell, &count, 8)
            }
        }
        for index in links.indices { links[index].close() }
    }
}
