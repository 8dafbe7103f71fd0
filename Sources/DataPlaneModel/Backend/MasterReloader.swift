internal import Glibc
public import RuntimeAPI
internal import Synchronization
public import Syscalls

/// Over a master socket: that of appliance-proxyd, which takes a change in its place, or that of HAProxy.
///
/// HAProxy 2.7 and later tell on the socket how a reload went. 2.6 only closes the connection: whether it took the
/// configuration is in the counters of `show proc`.
public final class MasterReloader: Reloader {
    /// Who answers on the socket.
    private enum Proxy: Sendable {
        case ours
        case haproxy
    }

    private let client: MasterClient
    /// For what the master answers at once.
    private let question: MasterClient
    /// For those who only ask whether it lives.
    private let probe: MasterClient
    private let command: CommandReloader?
    private let delay: Int
    private let patience: Int
    private let known = Mutex<Proxy?>(nil)

    /// - Parameters:
    ///   - command: `--reload-cmd`: how HAProxy is reloaded; nil: by the word `reload` on the socket.
    ///   - delayMilliseconds: How long changes for HAProxy are gathered before one reload.
    ///   - patienceMilliseconds: Longest wait for HAProxy to say that it has reloaded.
    public init(
        path: String,
        command: String? = nil,
        delayMilliseconds: Int = 5000,
        patienceMilliseconds: Int = 60_000
    ) {
        client = MasterClient(path: path, timeoutMilliseconds: 30_000)
        question = MasterClient(path: path, timeoutMilliseconds: 10_000)
        probe = MasterClient(path: path, timeoutMilliseconds: 2000)
        self.command = command.map { CommandReloader($0) }
        delay = delayMilliseconds
        patience = patienceMilliseconds
    }

    public func isUp() -> Bool? { (try? probe.send("show proc")) != nil }

    public var delayMilliseconds: Int? { isHAProxy ? delay : nil }

    /// Whether the one behind the socket is HAProxy; false while nobody answers.
    public var isHAProxy: Bool { (try? identified()) == .haproxy }

    public func reload() throws(SystemError) -> ReloadAnswer? {
        do throws(SystemError) {
            switch try identified() {
            case .ours: return try client.reload()
            case .haproxy: return try reloadHAProxy()
            }
        } catch {
            // Somebody else may answer the next time.
            known.withLock { $0 = nil }
            throw error
        }
    }

    private func identified() throws(SystemError) -> Proxy {
        if let known = known.withLock({ $0 }) { return known }
        let proxy =
            try question.send("help", waitingForMaster: 1000).contains("show quarantine") ? Proxy.ours : .haproxy
        known.withLock { $0 = proxy }
        return proxy
    }

    private func reloadHAProxy() throws(SystemError) -> ReloadAnswer? {
        let before = try table()
        if let command {
            let answer = try command.reload()
            guard let answer, answer.success else { return answer }
            // A command that reloads something else, or later, is taken at its word.
            return try outcome(since: before, patience: min(patience, 10_000)) ?? answer
        }
        do throws(SystemError) {
            if let answer = ReloadAnswer(answer: try client.send("reload")) { return answer }
        } catch {
            // 2.6 starts itself again at once, and may drop the connection before we have seen its end.
            guard error.code == ECONNRESET || error.code == EPIPE else { throw error }
        }
        guard let outcome = try outcome(since: before, patience: patience) else {
            throw SystemError(code: ETIMEDOUT, operation: "wait for the reload of \(client.path)")
        }
        return outcome
    }

    /// What `show proc` says once it counts one reload more; nil if it does not in time.
    private func outcome(since before: ProcessTable, patience: Int) throws(SystemError) -> ReloadAnswer? {
        let end = MonotonicTime.nowInMilliseconds + patience
        var pause: CInt = 1
        while MonotonicTime.nowInMilliseconds < end {
            // The master starts itself again: for a moment nobody answers.
            if let now = try? table(), now.reloads > before.reloads {
                if now.failures == before.failures { return ReloadAnswer(success: true, text: "") }
                let words = "HAProxy refused the configuration when it reloaded; its log has the reason"
                return ReloadAnswer(success: false, text: words)
            }
            poll(nil, 0, pause)
            pause = min(pause * 2, 50)
        }
        return nil
    }

    private func table() throws(SystemError) -> ProcessTable {
        guard let table = ProcessTable(try question.send("show proc", waitingForMaster: 1000)) else {
            throw SystemError(code: EPROTO, operation: "read the processes of \(client.path)")
        }
        return table
    }
}
