import CLinux
import Diagnostics
import Glibc
import Netlink
public import NetworkFiles
public import NetworkHistory
import NetworkState
public import Syscalls
public import Files

/// `appliance-net watch`: the machine between the kernel, the files, the service manager and the control socket.
///
/// Belongs to the thread and the network namespace that made it. Between events it sleeps in one epoll_wait(2).
public final class WatchService {
    public struct Settings {
        /// What stands for `/`.
        public var root = Root()
        public var pace = WatchPace()
        /// `WATCHDOG_USEC`; nil without a watchdog.
        public var watchdog: Duration?
        /// Bytes that the kernel keeps of netlink events; nil for the usual.
        public var receiveBuffer: Int?
        /// What it does beside the files and the kernel's network, in the order in which they are called.
        public var parts: [any WatchPart] = []
        /// Whether SIGHUP, SIGTERM and SIGINT are ours; they are blocked then.
        public var takesSignals = true
        /// Makes the network so; nil: what the files say. Must call its argument before each operation, and fail if that
        /// throws.
        public var apply: (NetworkConfiguration?, @escaping @Sendable () throws -> Void) throws -> Applied
        public var log: (LogLevel, String) -> Void
        public var notify: (String) -> Void

        public init(
            apply: @escaping (NetworkConfiguration?, @escaping @Sendable () throws -> Void) throws -> Applied,
            log: @escaping (LogLevel, String) -> Void,
            notify: @escaping (String) -> Void
        ) {
            self.apply = apply
            self.log = log
            self.notify = notify
        }
    }

    private enum Tag: Int {
        case signals
        case files
        case network
        case control
        case firstClient
    }

    private let settings: Settings
    private let epoll: FileDescriptor
    private let signals: CInt
    private let files: FileWatcher
    private let monitor: NetlinkMonitor
    private let control: ControlServer
    private let marker: StandbyMarker
    /// What is made from the configuration: a change of these is drift.
    private let managed: Set<String>
    private var parts: PartLoop
    private var toldProblems: [String] = []
    private var toldPending = false
    private var machine: WatchMachine
    private var store: ConfigurationStore
    /// What the network was made last.
    private var inForce: NetworkConfiguration?
    private var deadline: Duration?
    private var hasEnded = false
    private var events: [WatchEvent] = []

    /// Begins to listen; nothing is applied before the first ``turn(atMost:)``.
    public init(_ settings: Settings) throws(SystemError) {
        self.settings = settings
        let epoll = FileDescriptor(owning: try syscall("epoll") { clinux_epoll_create() })
        let raw = epoll.raw
        func add(_ descriptor: CInt, _ tag: Tag) throws(SystemError) {
            try syscall("epoll") {
                clinux_epoll_add(raw, descriptor, UInt32(CLINUX_EPOLL_IN), UInt64(tag.rawValue))
            }
        }
        marker = StandbyMarker(settings.root)
        managed = Set(ManagedFile.paths.map { settings.root[$0] })
        files = try FileWatcher(ConfigurationStore.paths(settings.root) + [marker.file] + managed)
        try add(files.descriptor, .files)
        monitor = try NetlinkMonitor(receiveBuffer: settings.receiveBuffer)
        try add(monitor.descriptor, .network)
        if settings.takesSignals {
            let wanted = [SIGHUP, SIGTERM, SIGINT]
            signals = try syscall("signalfd") { clinux_signalfd(wanted, CInt(wanted.count)) }
            try add(signals, .signals)
        } else {
            signals = -1
        }
        control = try ControlServer(
            settings.root[ControlServer.path],
            epoll: raw,
            listenerTag: Tag.control.rawValue,
            firstTag: Tag.firstClient.rawValue,
            partCommands: settings.parts.reduce(into: []) { $0.formUnion($1.commands) }
        )
        parts = PartLoop(settings.parts, epoll: raw)
        self.epoll = epoll
        machine = WatchMachine(pace: settings.pace, watchdog: settings.watchdog)
        store = ConfigurationStore(root: settings.root)
        events = marker.isSet ? [.standBy(true), .start] : [.start]
        if marker.isSet { parts.standBy(true, at: MonotonicTime.now) }
        hearParts()
    }

    deinit { if signals >= 0 { close(signals) } }

    /// How it stands.
    public var report: WatchReport { machine.report }

    /// Serves until SIGTERM or SIGINT.
    public func run() throws(SystemError) {
        guard try turn() else { return }
        // Most of what the start has touched is not needed again for days.
        clinux_trim_heap()
        clinux_release_program()
        while try turn() {}
    }

    /// Waits for events, not longer than told, and does what they ask for; false once it has ended.
    @discardableResult
    public func turn(atMost limit: Duration? = nil) throws(SystemError) -> Bool {
        if events.isEmpty { try wait(limit) }
        while !events.isEmpty, !hasEnded {
            let actions = machine.handle(events.removeFirst(), at: MonotonicTime.now)
            for action in actions { perform(action) }
        }
        return !hasEnded
    }

    private func wait(_ limit: Duration?) throws(SystemError) {
        let until = [deadline, control.deadline, parts.deadline, limit.map { MonotonicTime.now + $0 }].compactMap { $0 }
            .min()
        var batch = [clinux_event](repeating: clinux_event(), count: Int(CLINUX_EVENT_BATCH))
        let milliseconds = until.map { MonotonicTime.milliseconds($0 - MonotonicTime.now) } ?? -1
        let raw = epoll.raw
        let count = try syscall("epoll_wait") { clinux_epoll_wait(raw, &batch, milliseconds) }
        let now = MonotonicTime.now
        for event in batch.prefix(Int(count)) {
            let tag = Int(event.tag)
            switch Tag(rawValue: tag) {
            case .signals: hearSignals()
            case .files: try hearFiles()
            case .network: if !(try monitor.news()).isEmpty { events.append(.network) }
            case .control: control.accept(now)
            default:
                if tag >= PartLoop.firstTag {
                    parts.hear(tag, at: now)
                } else if let request = control.serve(tag, now) {
                    take(request, tag)
                }
            }
        }
        control.expire(now)
        parts.timers(at: now)
        hearParts()
        if let deadline, deadline <= now { events.append(.timer) }
    }

    /// What the parts want, and what is wrong with them.
    private func hearParts() {
        for wish in parts.takeWishes() {
            switch wish {
            case .log(let level, let text): settings.log(level, text)
            case .reconcile:
                inForce = nil
                events.append(.asked)
            }
        }
        if parts.isPending != toldPending {
            toldPending.toggle()
            events.append(.partsPending(toldPending))
        }
        let problems = parts.problems
        guard problems != toldProblems else { return }
        toldProblems = problems
        events.append(.partProblems(problems))
    }

    private func take(_ request: ControlRequest, _ client: Int) {
        guard case .part(let command, let members) = request else {
            events.append(.request(request, client: client))
            return
        }
        let answer = parts.answer(command, members, at: MonotonicTime.now)
        hearParts()
        send(.part(answer ?? .refused("nobody answers \(command) now")), to: client)
    }

    private func send(_ answer: ControlAnswer, to client: Int) {
        let line = answer.line(now: MonotonicTime.now, unixTime: time(nil), status: parts.status)
        if let next = control.answer(client, line, MonotonicTime.now) { take(next, client) }
    }

    private func hearSignals() {
        while true {
            let signal = clinux_signalfd_read(signals)
            if signal <= 0 { return }
            events.append(signal == SIGHUP ? .hangUp : .terminate)
        }
    }

    private func hearFiles() throws(SystemError) {
        var changes = try files.changes()
        if changes.removeValue(forKey: marker.file) != nil {
            parts.standBy(marker.isSet, at: MonotonicTime.now)
            events.append(.standBy(marker.isSet))
        }
        if changes.keys.contains(where: { managed.contains($0) }) {
            events.append(.network)
            changes = changes.filter { !managed.contains($0.key) }
        }
        if !changes.isEmpty { events.append(.files(changes)) }
    }

    private func perform(_ action: WatchAction) {
        switch action {
        case .reconcile(let readingFiles):
            let outcome = reconcile(readingFiles)
            // First what the parts have to say: whether it is ready depends on them.
            hearParts()
            events.append(.reconciled(outcome))
        case .arm(let time): deadline = time
        case .notify(let state):
            settings.notify(state == WatchAction.reloading ? ServiceNotification.reloading : state)
        case .answer(let client, let answer): send(answer, to: client)
        case .log(let level, let text): settings.log(level, text)
        case .end: hasEnded = true
        }
    }

    private func reconcile(_ readingFiles: Bool) -> ReconcileOutcome {
        if marker.isSet { return ReconcileOutcome(.standingBy) }
        if readingFiles || store.current == nil { store.read() }
        // Without any word about it, the network is left as it is.
        guard let wanted = store.current else { return ReconcileOutcome(.applied, badFiles: store.badFiles) }
        let isKnown = inForce == wanted
        let marker = marker
        parts.prepare(wanted, at: MonotonicTime.now)
        do {
            // New files are read under the lock by who records them; else what was good stays good.
            let applied = try settings.apply(isKnown || !store.badFiles.isEmpty ? wanted : nil) {
                if marker.isSet { throw ControlError(message: "down was said meanwhile") }
            }
            let result = applied.result
            inForce = wanted
            parts.applied(wanted, at: MonotonicTime.now)
            var badFiles = store.badFiles
            if !isKnown {
                do throws(SystemError) {
                    try store.keep()
                } catch {
                    badFiles.append("the last good files could not be kept: \(error)")
                }
            }
            return ReconcileOutcome(
                .applied,
                changes: result.operations.map { isKnown ? $0.driftText : "applied: \($0)" },
                isDrift: isKnown,
                problems: result.problems.map { "\($0)" } + applied.warnings,
                badFiles: badFiles
            )
        } catch is BusyError {
            return ReconcileOutcome(.busy)
        } catch  where marker.isSet {
            return ReconcileOutcome(.standingBy)
        } catch is DiagnosticsError {
            // The files went bad since they were read, which is an event of its own.
            store.read()
            return ReconcileOutcome(.busy)
        } catch {
            // What was tried may be half of something: the next success is no drift.
            inForce = nil
            return ReconcileOutcome(.failed("\(error)"), badFiles: store.badFiles)
        }
    }
}
