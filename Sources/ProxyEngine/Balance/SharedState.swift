internal import CLinux

/// What all threads know about a server. Lives in raw memory and outlives the snapshots that name it.
///
/// ``isUp``, ``connections`` and ``epoch`` are changed by atomic operations and may be read at any time; the rest belongs
/// to the lock of the backend.
struct ServerCells: Counted {
    /// ``TrafficCells``
    var counters: UnsafeMutableRawPointer?
    /// 1 if its health and the administration let it be used.
    var isUp: UInt32 = 1
    /// 1 if its health does.
    var isHealthy: UInt32 = 1
    /// Connections it has now, those under way to it included.
    var connections: UInt32 = 0
    /// When a change took the server away, in milliseconds that wrap around; 0 while it is there.
    var goneAt: UInt32 = 0
    /// Connections that began in an earlier epoch are ended (`on-marked-down`, `on-marked-up`).
    var epoch: UInt32 = 0
    /// 0-256, as configured.
    var weight: UInt32 = 1
    /// What those who administer it say, and what it inherits.
    var standing: ServerStanding = []
    /// What those who administer it had said before its agent asked for drain or maintenance; nil: it stands at what they say.
    var beforeAgent: Administration?
    /// `disabled` as configured: what it begins with, until a command says otherwise.
    var isDisabled = false
    /// `check` as configured.
    var isChecked = false
    /// `track` as configured: its health is that of another one.
    var isFollowing = false
    /// 1 if its health takes no new connections and leaves those that exist (`NOLB`, an agent's `drain`).
    var isHeld: UInt8 = 0
    /// In place of the configured weight, while it runs; `max` for none.
    var weightOverride: UInt16 = .max
    /// The weight that it went into maintenance with; `max` outside of it. Another one counts when it comes back, and is not
    /// told before.
    var weightInMaintenance: UInt16 = .max
    /// The part of the configured weight that an agent asks for; 100 without one.
    var weightPercent: UInt32 = 100
    /// The `maxconn` that an agent asks for; `max` without one.
    var agentMaxConnections: UInt32 = .max
    /// Walks the ports of `source`.
    var sourceTurn: UInt32 = 0
    /// Connections that failed in a row, where `observe` counts them.
    var errors: UInt32 = 0
    /// As configured.
    var limits = ServerLimits()
    /// Those that count, an agent's included; 0 is no limit.
    var maxConnections: UInt32 = 0
    var minConnections: UInt32 = 0
    var maxQueue: UInt32 = 0
    /// `slowstart` in seconds, and the second of the monotonic clock in which it came up; 0: not starting.
    var slowStart: UInt32 = 0
    var startedAt: UInt32 = 0
    /// Who waits for this very server.
    var queue = WaitQueue()
    var history = ServerHistory()
    let backend: UnsafeMutablePointer<BackendCells>

    init(backend: UnsafeMutablePointer<BackendCells>) { self.backend = backend }

    init(backend: UnsafeMutablePointer<BackendCells>, _ server: Server) {
        self.backend = backend
        isDisabled = server.isDisabled
        weight = UInt32(server.weight)
        if isDisabled || server.isDynamic && !server.beginsReady {
            standing = .forcedMaintenance
            isUp = 0
            // HAProxy says so of those that commands add, whatever their weight.
            weightInMaintenance = server.isDynamic ? 1 : server.weight
        }
        if isDisabled { history.check.pause() }
        guard server.isDynamic else { return }
        history.check.isOff = true
        history.agent.isOff = true
        if server.beginsReady { return }
        history.check.health = 0
        history.agent.health = 0
    }

    /// Operational state 0: nobody uses it, for its health or as it is in maintenance.
    var isStopped: Bool { standing.isInMaintenance || (isHealthy == 0 && isHeld == 0) }

    /// Takes over whether the configuration says `check`. What maintenance left behind while nobody checked it counts no more.
    mutating func configure(isChecked next: Bool) {
        defer { isChecked = next }
        guard next, !isChecked else { return }
        if standing.isInMaintenance {
            if !history.check.isOff { history.check.pause() }
        } else {
            history.check.isPaused = false
            if isHealthy != 0 || isHeld != 0 { history.check.health = CheckCells.risen }
        }
    }

    /// It goes into maintenance: what is checked is checked no longer.
    ///
    /// - Parameter wasDown: It was down before; without checks its counter stays then, as HAProxy's does.
    mutating func enterMaintenance(wasDown: Bool) {
        let isWatched = isChecked && !history.check.isOff
        if isWatched { history.check.isPaused = true }
        if isWatched || !wasDown { history.check.health = 0 }
        weightInMaintenance = UInt16(clamping: currentWeight)
    }

    /// It leaves maintenance: up at once unless its agent says otherwise, to go down at the first check that fails.
    mutating func leaveMaintenance() {
        weightInMaintenance = .max
        if isChecked, !history.check.isOff {
            history.check.isPaused = false
            history.check.health = CheckCells.risen
        }
        if isFollowing { return }
        isHealthy = history.agent.isOff || history.agent.health != 0 ? 1 : 0
        isHeld = 0
    }

    /// Makes the configured limits those that count, or an agent's in their place.
    mutating func applyLimits() {
        maxConnections = limits.maxConnections
        minConnections = limits.minConnections
        maxQueue = limits.maxQueue
        guard agentMaxConnections != .max else { return }
        if minConnections == maxConnections { minConnections = agentMaxConnections }
        maxConnections = max(minConnections, agentMaxConnections)
    }

    /// The weight that counts, 0-256.
    var currentWeight: UInt32 {
        weightOverride != .max ? UInt32(weightOverride) : min(256, weight * min(weightPercent, 25600) / 100)
    }
}

/// What all threads know about a backend.
struct BackendCells: Counted {
    /// ``TrafficCells``
    var counters: UnsafeMutableRawPointer?
    /// Connections it has, waiting ones included.
    var connections: UInt32 = 0
    /// Guards the queues and everything about balancing; held for well under a microsecond.
    var lock: UInt32 = 0
    /// Grows when a server's state changes; who balances takes it over before the next choice.
    var changes: UInt32 = 0
    /// HAProxy's number of the section (`iid` of `show stat`).
    var number: UInt32 = 0
    /// `fullconn`
    var fullConnections: UInt32 = 0
    /// Connections that servers have now; counted only where `hash-balance-factor` asks.
    var served: UInt32 = 0
    /// The order of all who ever waited here.
    var ticket: UInt64 = 0
    /// When the last of them came, in milliseconds: threads' clocks differ, and who comes later is not to be earlier.
    var latest: UInt64 = 0
    /// Who waits for any server.
    var queue = WaitQueue()
    /// The balance of the newest snapshot.
    var balance: UnsafeMutablePointer<BalanceState>?
    var history = BackendHistory()
    /// Its ``BackendEntry``, for samples that speak of a backend by its name.
    var entry: UnsafeMutableRawPointer?
}

/// Counters of a frontend.
struct FrontendCells: Counted {
    /// ``TrafficCells``
    var counters: UnsafeMutableRawPointer?
    /// As that of a server.
    var goneAt: UInt32 = 0
    /// As that of a backend.
    var number: UInt32 = 0
    var connections: UInt32 = 0
    /// Guards ``rate``.
    var lock: UInt32 = 0
    /// Lines of a `log-format` that counts them.
    var logged: UInt32 = 0
    /// Workers that do not listen while the frontend is full, as bits.
    var sleepers: UInt64 = 0
    var rate = RateCounter()
}

/// Counters of a bind line with a `maxconn` of its own, or of one whose frontend has `option socket-stats`.
struct ListenerCells: Counted {
    /// ``TrafficCells``
    var counters: UnsafeMutableRawPointer?
    /// `option socket-stats`
    var isCounted = false
    var connections: UInt32 = 0
    var sleepers: UInt64 = 0
}

/// What lives in memory that threads share.
protocol SharedCells {
    /// Frees what they point to, when nobody has them any more.
    func free()
}

extension SharedCells {
    func free() {}
}

/// Owns cells that outlive a snapshot: every plan that uses them holds a reference.
final class Shared<Cells: SharedCells>: @unchecked Sendable {
    // Memory shared between threads; every access to it is an atomic operation or under a lock.
    let cells: UnsafeMutablePointer<Cells>
    /// What the cells point to lives as long as they.
    private let kept: AnyObject?
    /// What a change of a server's health entails; belongs to the lock of the backend.
    var reactions: ServerReactions?
    /// What the last checks of a server said; belongs to the lock of the backend.
    var words: CheckWords?

    init(_ initial: Cells, keeping kept: AnyObject? = nil) {
        cells = .allocate(capacity: 1)
        cells.initialize(to: initial)
        self.kept = kept
    }

    deinit {
        cells.pointee.free()
        cells.deallocate()
    }
}
