internal import Glibc
internal import ProxyEngine
internal import RuntimeAPI
internal import Syscalls

/// Keeps what is served true to what was configured: opens listeners, hands changes on, tries quarantined ones again.
struct Controller<Target: SnapshotTarget>: ~Copyable {
    var target: Target
    private(set) var snapshot: ProxySnapshot
    private(set) var unserved: [LoadedConfiguration.Unserved] = []
    var book = ListenerBook()

    init(_ target: Target, settings: EngineSettings) {
        self.target = target
        snapshot = ProxySnapshot(settings: settings)
    }

    static func now() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1000 + UInt64(time.tv_nsec) / 1_000_000
    }

    /// Brings a configuration into effect; what it answers is true when it returns.
    mutating func apply(_ configuration: LoadedConfiguration) throws(SystemError) -> ReloadAnswer {
        let difference = SnapshotDifference.diff(from: snapshot, to: configuration.snapshot)
        var next = configuration.snapshot
        // Threads and log are those of the engine that runs.
        next.settings.threads = snapshot.settings.threads
        next.settings.log = snapshot.settings.log
        let fresh = book.open(next, now: Self.now())
        do {
            try target.serve(next, fresh: fresh)
        } catch {
            for socket in fresh.values { close(socket) }
            // What only the refused one wanted must not be tried again.
            book.forgetOthers(than: snapshot)
            throw error
        }
        book.keep(fresh)
        book.forgetOthers(than: next)
        snapshot = next
        unserved = configuration.unserved
        return ReloadAnswer(success: true, text: report(difference))
    }

    /// Tries quarantined listeners that are due; gives those that serve now.
    mutating func retry() throws(SystemError) -> [ListenAddress] {
        let fresh = book.retryDue(snapshot, now: Self.now())
        if fresh.isEmpty { return [] }
        do {
            try target.serve(snapshot, fresh: fresh)
        } catch {
            for socket in fresh.values { close(socket) }
            throw error
        }
        book.keep(fresh)
        return fresh.keys.sorted()
    }

    /// Hands everything to a target that has nothing yet.
    mutating func serveAll() throws(SystemError) { try target.serve(snapshot, fresh: book.sockets) }

    /// The graceful stop: new connections are refused, and another process can have the ports.
    mutating func stopListening() { book.closeAll() }

    /// Milliseconds until ``retry()`` has something to do; -1 if it never has.
    var wait: CInt {
        guard let next = book.nextRetry else { return -1 }
        let now = Self.now()
        return next <= now ? 0 : CInt(clamping: next - now)
    }

    private func report(_ difference: SnapshotDifference) -> String {
        var lines: [String] = []
        for bind in difference.addedBinds where book.quarantined[bind.listener.address] == nil {
            lines.append(line(bind, "added"))
        }
        for bind in difference.removedBinds { lines.append(line(bind, "removed")) }
        let quarantined = quarantineLines
        lines += quarantined
        let kept = difference.keptBinds.count(where: { book.quarantined[$0.listener.address] == nil })
        let added = difference.addedBinds.count(where: { book.quarantined[$0.listener.address] == nil })
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
        for (frontend, listener) in snapshot.listeners {
            guard let entry = book.quarantined[listener.address] else { continue }
            let bind = SnapshotDifference.Bind(frontend: frontend, listener: listener)
            lines.append(line(bind, "quarantined") + " \(ErrnoName(entry.reason.code))")
        }
        return lines + unserved.map { $0.line }
    }

    private func line(_ bind: SnapshotDifference.Bind, _ outcome: String) -> String {
        "bind \(bind.frontend)/\(bind.listener.name) \(bind.listener.address) \(outcome)"
    }
}
