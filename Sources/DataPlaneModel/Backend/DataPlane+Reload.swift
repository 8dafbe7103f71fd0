internal import Glibc
internal import ProxyConfig
internal import RuntimeAPI
internal import Syscalls

/// When a proxy is reloaded that cannot take a change in its place.
enum ReloadTime: Sendable {
    /// Not because of this change.
    case never
    /// With all other changes of the next moments.
    case soon
    /// Before the answer.
    case now
}

extension DataPlane {
    /// Runs `body` while nobody else changes files of the proxy.
    func changingFiles<Result>(_ body: () throws(APIError) -> Result) throws(APIError) -> Result {
        try turns.alone(body)
    }

    /// Has the proxy read its files, and records what became of it. Only in one's turn.
    ///
    /// - Parameters:
    ///   - file: The configuration that it reads.
    ///   - pending: The reload that was to come, if it is this one.
    /// - Returns: nil where there is no proxy to tell.
    func reloadNow(
        taking file: ConfigurationFile,
        as pending: String? = nil
    ) throws(SystemError) -> (id: String, answer: ReloadAnswer)? {
        guard let answer = try reloader.reload() else { return nil }
        let id = withState { state in
            // One that brings a change into effect before its answer does so with all that were to come.
            let known = pending ?? (answer.success ? state.pendingReload : nil)
            let id = known ?? state.reloads.begin(now: state.now)
            state.reloads.finish(id, succeeded: answer.success, response: answer.text, now: state.now)
            if state.pendingReload == id { state.pendingReload = nil }
            if answer.success { state.inEffect = file }
            return id
        }
        return (id, answer)
    }

    /// Has the proxy reloaded when the time has passed; changes until then share the reload.
    ///
    /// - Returns: The reload's identifier.
    func reloadLater(milliseconds: Int) throws(SystemError) -> String {
        let (id, isNew) = withState { state in
            if let id = state.pendingReload { return (id, false) }
            let id = state.reloads.begin(now: state.now)
            state.pendingReload = id
            return (id, true)
        }
        guard isNew else { return id }
        do throws(SystemError) {
            try startDetachedThread("reload the proxy") { [self] in
                MonotonicTime.wait(.milliseconds(milliseconds))
                reloadPending(id)
            }
        } catch {
            withState { state in
                state.pendingReload = nil
                state.reloads.finish(id, succeeded: false, response: "\(error)", now: state.now)
            }
            throw error
        }
        return id
    }

    /// Reloads the proxy at once if a reload is to come: before the program ends.
    public func finishReloads() { reloadPending(nil) }

    private func reloadPending(_ wanted: String?) {
        _ = try? turns.alone { () throws(APIError) in
            // A file that cannot be looked at now must not keep a reload from coming that was promised.
            _ = try? read { _ in () }
            let (pending, file) = withState { state in (state.pendingReload, state.workspace.file) }
            guard let pending, wanted == nil || wanted == pending else { return }
            do throws(SystemError) {
                let answer = try reloadNow(taking: file, as: pending)?.answer
                if let answer, !answer.success { settings.report("reload \(pending) failed: \(answer.text)") }
            } catch {
                let words = "\(error)"
                withState { state in
                    state.pendingReload = nil
                    state.reloads.finish(pending, succeeded: false, response: words, now: state.now)
                }
                settings.report("reload \(pending) failed: \(words)")
            }
        }
    }

    /// Tells the running process of a change that needs no reload.
    ///
    /// - Returns: Whether it has all of the change now.
    func applyAtRuntime(_ next: ConfigurationFile) -> Bool {
        let former = withState { $0.inEffect }
        guard let changes = ServerDifference.changes(from: former, to: next), changes.count <= Self.mostRuntimeChanges
        else { return false }
        do throws(APIError) {
            for change in changes { try ask(SetServer(change.server, in: change.backend, change.change)) }
        } catch {
            // A reload brings everything into effect.
            return false
        }
        withState { $0.inEffect = next }
        return true
    }

    /// More are brought into effect faster by a reload.
    private static let mostRuntimeChanges = 100

    /// Has the proxy read its files again, though haproxy.cfg is the same. Only in one's turn.
    ///
    /// - Returns: The reload's identifier; nil where there is no proxy to tell.
    /// - Throws: 400 with the proxy's words if it refuses them.
    func reloadFiles(isForced: Bool) throws(APIError) -> String? {
        let file = try read { state in state.workspace.file }
        let reload: (id: String, answer: ReloadAnswer)?
        do throws(SystemError) {
            if !isForced, let delay = reloader.delayMilliseconds { return try reloadLater(milliseconds: delay) }
            reload = try reloadNow(taking: file)
        } catch {
            throw APIError(500, "the proxy cannot be asked to take the change: \(error)")
        }
        guard let (id, answer) = reload else { return nil }
        guard answer.success else { throw APIError(400, answer.text) }
        return id
    }
}
