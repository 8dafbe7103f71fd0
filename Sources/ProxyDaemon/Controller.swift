internal import Addresses
internal import Glibc
internal import ProxyEngine
internal import RuntimeAPI
internal import Syscalls

/// Keeps what is served true to what was configured: opens listeners, hands changes on, tries quarantined ones again.
struct Controller<Target: SnapshotTarget>: ~Copyable {
    var target: Target
    /// What is served.
    private(set) var kept: EncodedSnapshot
    /// What is configured: ``kept`` without ``changes``.
    private(set) var base: EncodedSnapshot
    private(set) var changes = RuntimeChanges()
    private(set) var unserved: [LoadedConfiguration.Unserved] = []
    var book: ListenerBook
    /// Frontends of listeners that changed, for those who follow them; nil: nobody does.
    private var renamed: [ListenAddress: String]?
    /// Sockets that were opened for the first configuration before there was a target.
    private var ahead: [ListenAddress: CInt]?
    /// Another process has our sockets too, and may go on with them.
    var isHandedOut = false
    /// Another process asked for the ports (SIGTTOU).
    private(set) var isPaused = false

    /// - Parameters:
    ///   - book: Holds what a former process left, and knows what is open already.
    ///   - ahead: What ``ListenerBook/open(_:now:)`` has opened for the first configuration.
    init(
        _ target: Target,
        settings: EngineSettings,
        book: consuming ListenerBook = ListenerBook(),
        ahead: [ListenAddress: CInt]? = nil
    ) {
        self.target = target
        self.book = book
        self.ahead = ahead
        kept = EncodedSnapshot(settings: settings)
        base = kept
    }

    var settings: EngineSettings { kept.settings }

    static func now() -> UInt64 { Clocks.monotonic() }

    /// Brings a configuration into effect; what it answers is true when it returns.
    ///
    /// - Parameters:
    ///   - isAnswered: Somebody reads the text of the answer.
    ///   - keepsChanges: What commands have changed stays; otherwise what the file says counts again.
    mutating func apply(
        _ configuration: LoadedConfiguration,
        isAnswered: Bool = true,
        keepsChanges: Bool = false
    ) throws(SystemError) -> ReloadAnswer {
        let changes = keepsChanges ? self.changes : RuntimeChanges()
        let difference = try bring(changes.applied(to: configuration.snapshot), configuration.outline, isAnswered)
        (base, self.changes) = (configuration.snapshot, changes)
        unserved = configuration.unserved
        let text = isAnswered ? report(difference, listeners: configuration.needs.listeners) : ""
        // Sockets of a former process are there for the first configuration.
        book.dropInherited()
        return ReloadAnswer(success: true, text: text)
    }

    /// Brings what a command changes into effect.
    mutating func change(_ next: RuntimeChanges) throws(SystemError) {
        _ = try bring(next.applied(to: base), nil, true)
        changes = next
    }

    private mutating func bring(
        _ next: EncodedSnapshot,
        _ outline: ProxySnapshot?,
        _ isAnswered: Bool
    ) throws(SystemError) -> SnapshotDifference {
        let (difference, wanted) = difference(to: next, outline, isAnswered)
        let fresh = isPaused ? [:] : ahead ?? book.open(wanted, now: Self.now())
        ahead = nil
        let going = isHandedOut ? [] : difference.removedBinds.map { $0.listener.address }
        book.take(false, at: going)
        do {
            try target.serve(isPaused ? next.silent : next, fresh: fresh)
        } catch {
            book.take(true, at: going)
            for socket in fresh.values { close(socket) }
            // What only the refused one wanted must not be tried again.
            book.forgetOthers(than: kept.outline)
            throw error
        }
        book.keep(fresh)
        book.forget(difference.removedBinds.map { $0.listener.address })
        kept = next
        if renamed != nil {
            for bind in difference.addedBinds + difference.keptBinds { renamed?[bind.listener.address] = bind.frontend }
        }
        return difference
    }

    /// What changes for listeners, and those to open or to adjust.
    private func difference(
        to next: EncodedSnapshot,
        _ outline: ProxySnapshot?,
        _ isAnswered: Bool
    ) -> (SnapshotDifference, ProxySnapshot) {
        if kept.frontends.isEmpty, !isAnswered, var outline {
            // Nothing is there yet, and nobody asks.
            outline.settings = next.settings
            return (SnapshotDifference(), outline)
        }
        let (former, latter) = next.frontendsChanged(since: kept)
        let difference = SnapshotDifference.diff(
            from: ProxySnapshot(frontends: former),
            to: ProxySnapshot(frontends: latter)
        )
        // The length of a queue may be that of the process, and what was not to be had is tried again.
        let isAll = next.settings.maxConnections != kept.settings.maxConnections || !book.quarantined.isEmpty
        return (difference, isAll ? next.outline : ProxySnapshot(settings: next.settings, frontends: latter))
    }

    /// From now on ``takeChangedListeners()`` has something to say.
    mutating func track() {
        book.track()
        renamed = [:]
    }

    /// Addresses that may have changed since this was last asked, with their frontends where those are known.
    mutating func takeChangedListeners() -> [ListenAddress: String?] {
        var result: [ListenAddress: String?] = [:]
        for address in book.takeTouched() { result.updateValue(nil, forKey: address) }
        for (address, frontend) in renamed ?? [:] { result.updateValue(frontend, forKey: address) }
        if renamed?.isEmpty == false { renamed = [:] }
        return result
    }

    /// Tries quarantined listeners that are due; gives those that serve now.
    ///
    /// - Parameter others: Some that are tried whether they are due or not.
    mutating func retry(_ others: Set<ListenAddress> = []) throws(SystemError) -> [ListenAddress] {
        let now = Self.now()
        guard !isPaused, let due = book.nextRetry, due <= now || !others.isEmpty else { return [] }
        let fresh = book.retryDue(kept.outline, now: now, and: others)
        if fresh.isEmpty { return [] }
        do {
            try target.serve(kept, fresh: fresh)
        } catch {
            for socket in fresh.values { close(socket) }
            throw error
        }
        book.keep(fresh)
        return fresh.keys.sorted()
    }

    /// Hands everything to `next`, which serves from here on.
    mutating func replace(by next: Target) throws(SystemError) {
        var renewed = next
        try renewed.serve(isPaused ? kept.silent : kept, fresh: book.sockets)
        target = renewed
    }

    /// Hands everything to a target that has nothing yet.
    mutating func serveAll() throws(SystemError) {
        try target.serve(isPaused ? kept.silent : kept, fresh: book.sockets)
    }

    /// The graceful stop: new connections are refused, and another process can have the ports.
    mutating func stopListening() { book.closeAll() }

    /// Lets go of every port for another process that wants to try (SIGTTOU); connections go on.
    mutating func pause() throws(SystemError) {
        try target.serve(kept.silent, fresh: [:])
        book.closeAll()
        isPaused = true
    }

    /// Takes the ports again (SIGTTIN).
    mutating func resume() throws(SystemError) {
        guard isPaused else { return }
        let fresh = book.open(kept.outline, now: Self.now())
        do {
            try target.serve(kept, fresh: fresh)
        } catch {
            for socket in fresh.values { close(socket) }
            // It is paused still.
            book.closeAll()
            throw error
        }
        isPaused = false
        book.keep(fresh)
    }

    /// Milliseconds until ``retry()`` has something to do; -1 if it never has.
    var wait: CInt {
        guard let next = book.nextRetry else { return -1 }
        let now = Self.now()
        return next <= now ? 0 : CInt(clamping: next - now)
    }

    /// - Parameter listeners: How many the configuration has in all.
    private func report(_ difference: SnapshotDifference, listeners: Int) -> String {
        var lines: [String] = []
        let taken = book.takenOver
        for bind in difference.addedBinds
        where book.quarantined[bind.listener.address] == nil && !taken.contains(bind.listener.address) {
            lines.append(line(bind, "added"))
        }
        for bind in difference.removedBinds { lines.append(line(bind, "removed")) }
        let quarantined = quarantineLines
        lines += quarantined
        // What was taken over from a former process has not been interrupted.
        let serving = difference.addedBinds.count(where: { book.quarantined[$0.listener.address] == nil })
        let kept = listeners - serving - book.quarantined.count + taken.count
        let added = serving - taken.count
        lines.append(
            "kept=\(kept) added=\(added) removed=\(difference.removedBinds.count) quarantined=\(quarantined.count)"
        )
        return lines.joined(separator: "\n") + "\n"
    }

    /// Those of them that the configuration's own warnings did not name: binds that failed.
    var failedBindLines: [String] { Array(quarantineLines.dropLast(unserved.count)) }

    /// One line per bind, rule, backend or server that does not serve.
    var quarantineLines: [String] {
        var lines: [String] = []
        for (frontend, listener) in book.quarantined.isEmpty ? [] : kept.outline.listeners {
            guard let entry = book.quarantined[listener.address] else { continue }
            let bind = SnapshotDifference.Bind(frontend: frontend, listener: listener)
            lines.append(line(bind, "quarantined") + " \(ErrnoName(entry.reason.code))")
        }
        return lines + unheardPeerLines + unserved.map { $0.line }
    }

    /// Sections of peers whose own address cannot be had.
    var unheardPeerLines: [String] {
        guard !kept.settings.peers.isEmpty, let bytes = try? target.ask(.unheardPeers) else { return [] }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map { String($0) }
    }

    /// One line per bind that serves, and of whose address there is something to say.
    func keptLines(_ notes: [IPAddress: String]) -> [String] {
        if notes.isEmpty { return [] }
        return kept.outline.listeners.compactMap { frontend, listener in
            guard let note = listener.address.endpoint.flatMap({ notes[$0.address] }),
                book.quarantined[listener.address] == nil
            else { return nil }
            return line(SnapshotDifference.Bind(frontend: frontend, listener: listener), "kept") + " " + note
        }
    }

    private func line(_ bind: SnapshotDifference.Bind, _ outcome: String) -> String {
        "bind \(bind.frontend)/\(bind.listener.name) \(bind.listener.address) \(outcome)"
    }
}
