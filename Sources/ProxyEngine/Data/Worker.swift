internal import CLinux
internal import Glibc
internal import Syscalls

/// One thread of the data path: its own epoll, slab, pools and timers. Nothing here locks, allocates per event or counts
/// references; what threads share are counters in raw memory.
struct Worker: ~Copyable {
    /// Which end of a connection an event is about; the low bits of a tag.
    enum Side: UInt64 {
        case client = 0
        case server = 1
        case listener = 2
        case mailbox = 3
    }

    /// A listening socket in this worker's epoll. `generation` guards against events of an earlier use.
    struct ListenerSlot {
        /// In the memory of the plan; nil: the slot is free.
        var entry: UnsafePointer<ListenerEntry>?
        /// When a rate allows more; 0: when a connection ends.
        var pausedUntil: UInt64 = 0
        var descriptor: CInt
        var port: UInt16
        var delaysAcknowledgements = false
        /// Not in epoll, because a limit is reached.
        var isPaused = false
    }

    let epoll: CInt
    let mailbox: Mailbox
    let shared: UnsafeMutablePointer<ProcessCells>
    /// Which worker this is; its bit among the sleepers of a limit.
    let index: Int
    var slab: Slab
    /// What was counted of connections that have not ended, by their places; nil as long as nobody has asked for it.
    var counted: UnsafeMutablePointer<CountedBytes>?
    var waiters: WaiterSlab
    /// Waiters whose turn has come.
    var called = WaitQueue()
    var seenEndings: UInt32 = 0
    var wheel: TimerWheel
    var pipes: PipePool
    var blocks = BlockPool()
    var rares = RarePool()
    var log: LogDesk
    var samples = SampleDesk()
    var lease: UnsafeMutablePointer<PlanLease>
    var listeners: UnsafeMutablePointer<ListenerSlot>
    var listenerCapacity: Int
    /// Slot of each listening socket; changed only when the plan changes.
    var slotOf: [CInt: Int32] = [:]
    var freeSlots: [Int] = []
    var listenerHigh = 0
    var accepting = true
    /// When accepting goes on after descriptors ran out; 0 when it is not paused by that.
    var resumeAt: UInt64 = 0
    /// Listeners that a limit of their own or of their frontend pauses.
    var pausedCount = 0
    /// Who waits at a listener that goes is taken in whatever its limits say.
    var isEmptying = false
    /// A connection has ended that a paused listener may replace.
    var mayResume = false
    /// When the first listener that a rate pauses goes on; 0: none.
    var resumeListenersAt: UInt64 = 0
    /// Milliseconds, monotonic; read once per turn.
    var now: UInt64
    /// Milliseconds since 1970; read once per turn.
    var wall: UInt64
    /// Accepting is paused because of maxconn, not for want of descriptors.
    var pausedByLimit = false
    /// Tags of connections that have more to do than one turn allowed.
    var runList: UnsafeMutablePointer<UInt64>
    var runCount = 0
    var runCapacity = 256
    let process = getpid()
    let buffer: UnsafeMutablePointer<UInt8>
    let events: UnsafeMutablePointer<clinux_event>

    static let bufferSize = 65536

    init(
        index: Int,
        epoll: CInt,
        slab: consuming Slab,
        waiters: consuming WaiterSlab,
        mailbox: Mailbox,
        shared: UnsafeMutablePointer<ProcessCells>,
        logs: LogBook,
        plan: Plan,
        pipeLimit: Int
    ) {
        self.index = index
        self.epoll = epoll
        self.slab = slab
        self.waiters = waiters
        self.mailbox = mailbox
        self.shared = shared
        now = Clock.monotonic()
        wall = Clock.wall()
        wheel = TimerWheel(now: now)
        pipes = PipePool(most: pipeLimit)
        log = LogDesk(logs, dropped: &shared.pointee.droppedLogs)
        lease = .allocate(capacity: 1)
        lease.initialize(to: PlanLease(plan: .passRetained(plan), connections: 0, isCurrent: true))
        listenerCapacity = 16
        listeners = .allocate(capacity: listenerCapacity)
        runList = .allocate(capacity: 256)
        buffer = .allocate(capacity: max(Self.bufferSize, ProxyHeader.longest))
        events = .allocate(capacity: Int(CLINUX_EVENT_BATCH))
    }

    deinit {
        close(epoll)
        lease.pointee.plan.release()
        lease.deallocate()
        listeners.deallocate()
        runList.deallocate()
        counted?.deallocate()
        buffer.deallocate()
        events.deallocate()
    }

    /// The thread's life.
    mutating func run() {
        while true {
            let count = clinux_epoll_wait(epoll, events, waitTime())
            now = Clock.monotonic()
            wall = Clock.wall()
            var mail = false
            var index = 0
            mailbox.cells.pointee.turns &+= 1
            var listening = false
            while index < count {
                let event = events[index]
                index += 1
                switch Side(rawValue: event.tag & 3) {
                case .client: clientEvent(event)
                case .server: serverEvent(event)
                case .listener: listening = true
                case .mailbox, nil: mail = true
                }
            }
            // New connections come after the events of those that exist.
            if listening { acceptAll(count) }
            if runCount > 0 { runQueued() }
            expire()
            if mail, !readMailbox() { break }
            runCalled()
            if !accepting { resumeAccepting() }
            if pausedCount > 0 { resumeListeners() }
            log.flush()
        }
        closeAll()
        log.flush()
    }

    @inline(__always)
    private func waitTime() -> Int32 {
        if runCount > 0 { return 0 }
        var wait = wheel.wait(now: now)
        if resumeAt != 0 {
            let resume = resumeAt > now ? Int32(truncatingIfNeeded: resumeAt - now) : 0
            wait = wait < 0 ? resume : min(wait, resume)
        }
        if resumeListenersAt != 0 {
            let resume = resumeListenersAt > now ? Int32(truncatingIfNeeded: resumeListenersAt - now) : 0
            wait = wait < 0 ? resume : min(wait, resume)
        }
        // A sink took no more: try again soon.
        if !log.isEmpty { wait = wait < 0 ? 100 : min(wait, 100) }
        return wait
    }

    private mutating func acceptAll(_ count: CInt) {
        var index = 0
        while index < count {
            let event = events[index]
            index += 1
            if event.tag & 3 == Side.listener.rawValue {
                accept(slot: Int(event.tag >> 2), atMost: Self.share(of: count))
            }
        }
    }

    @inline(__always)
    func tag(_ connection: UnsafeMutablePointer<Connection>, _ side: Side) -> UInt64 {
        UInt64(connection.pointee.generation) << 32 | UInt64(connection.pointee.index) << 2 | side.rawValue
    }

    /// The connection an event is about; nil if its slot has had another use since.
    @inline(__always)
    func connection(_ event: clinux_event) -> UnsafeMutablePointer<Connection>? {
        let connection = slab[UInt32(truncatingIfNeeded: event.tag) >> 2]
        guard connection.pointee.generation == UInt32(truncatingIfNeeded: event.tag >> 32),
            connection.pointee.state != .free
        else { return nil }
        return connection
    }

    @inline(__always)
    func readiness(_ events: UInt32) -> Readiness {
        var ready: Readiness = []
        if events & UInt32(CLINUX_EPOLL_IN) != 0 { ready.insert(.readable) }
        if events & UInt32(CLINUX_EPOLL_OUT) != 0 { ready.insert(.writable) }
        if events & UInt32(CLINUX_EPOLL_RDHUP | CLINUX_EPOLL_HUP) != 0 {
            ready.formUnion([.readable, .hangUp])
        }
        // Reading tells the error, after what came before it.
        if events & UInt32(CLINUX_EPOLL_ERR) != 0 { ready.formUnion([.readable, .writable, .failed]) }
        return ready
    }

    private mutating func clientEvent(_ event: clinux_event) {
        guard let connection = connection(event) else { return }
        connection.pointee.clientReady.formUnion(readiness(event.events))
        if connection.pointee.state == .relaying {
            relay(connection)
        } else if connection.pointee.state == .readingHeader {
            readHeader(connection)
        } else if connection.pointee.state == .inspecting {
            inspectMore(connection)
        } else if connection.pointee.state == .judging {
            judgeMore(connection)
        } else if connection.pointee.clientReady.contains(.failed) {
            finish(connection, .clientFailed)
        } else if hasAborted(connection) {
            finish(connection, .clientLeft)
        }
    }

    private mutating func serverEvent(_ event: clinux_event) {
        guard let connection = connection(event) else { return }
        let ready = readiness(event.events)
        switch connection.pointee.state {
        case .relaying:
            connection.pointee.serverReady.formUnion(ready)
            relay(connection)
        case .connecting:
            connecting(connection, ready)
        case .judging:
            connection.pointee.serverReady.formUnion(ready)
            judgeMore(connection)
        case .waiting, .queued, .readingHeader, .inspecting, .refused, .free: break
        }
    }
}

/// Counters of the process, shared by its workers.
struct ProcessCells: SharedCells {
    var connections: UInt32 = 0
    var maxConnections: UInt32 = 0
    /// An eventfd that wakes the checker when a server that is observed fails too often.
    var alarm: Int32 = -1
    /// Connections that have a number of their own.
    var numbered: UInt32 = 0
    /// Workers that accept nothing while the process is full, as bits.
    var sleepers: UInt64 = 0
    /// How often sessions of some servers were ended (``SessionEndings``).
    var endings: UInt32 = 0
    /// The descriptors that wake the workers.
    let wakes: UnsafeMutablePointer<CInt>
    var workerCount: UInt32 = 0
    /// Log lines that nobody took.
    var droppedLogs: UInt32 = 0
    /// Connections so far.
    var accepted: UInt32 = 0
    var connectionRate = RateCells()
    var sessionRate = RateCells()
    /// Requests by HTTP.
    var requests: UInt32 = 0
    /// Bytes to clients of connections that have ended.
    var bytesOut: UInt64 = 0
    /// Since when ``processorTime`` is counted, and how many percent of the time before that nothing was to do.
    var idleSince = Clock.monotonic()
    var processorTime: UInt64 = 0
    var idle: UInt32 = 100
    /// Guards ``variables``, ``rate`` and ``idle``.
    var lock: UInt32 = 0
    /// Those of `proc`.
    var variables = SampleVariables()

    func free() {
        var rest = variables
        rest.removeAll()
    }

    /// `set rate-limit connections|sessions global`, `maxconnrate` and `maxsessrate`: those a second; 0 is no limit.
    var connectionRateLimit: UInt32 = 0
    var sessionRateLimit: UInt32 = 0
    /// There is nothing that these could be of.
    var tlsRateLimit: UInt32 = 0
    var compressionRateLimit: UInt32 = 0
    /// Counts only where there is a limit.
    var rate = RateCounter()

    /// The lower of both limits, 0 without any: every connection is a session here.
    var rateLimit: UInt32 {
        switch (connectionRateLimit, sessionRateLimit) {
        case (0, let limit), (let limit, 0): limit
        case (let a, let b): min(a, b)
        }
    }
}

enum Clock {
    @inline(__always)
    static func monotonic() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1000 + UInt64(time.tv_nsec) / 1_000_000
    }

    @inline(__always)
    static func second() -> UInt32 { UInt32(truncatingIfNeeded: monotonic() / 1000) }

    /// Seconds since a moment; 0 where that is later, because another thread has looked at its clock after this one. A moment
    /// may be one before the machine was started, so that the numbers wrap around.
    @inline(__always)
    static func seconds(since moment: UInt32, at second: UInt32) -> UInt32 {
        UInt32(max(0, Int32(bitPattern: second &- moment)))
    }

    @inline(__always)
    static func wall() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return UInt64(time.tv_sec) * 1000 + UInt64(time.tv_nsec) / 1_000_000
    }

    /// Since 1970.
    static func microseconds() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return UInt64(time.tv_sec) * 1_000_000 + UInt64(time.tv_nsec) / 1000
    }
}
