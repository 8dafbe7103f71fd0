internal import Files
internal import Glibc
internal import ProxyConfig
internal import RuntimeAPI
internal import Syscalls

extension DataPlane {
    /// What a commit has brought about.
    struct Committed: Sendable {
        /// The version in effect now.
        var version: Int
        /// Identifier of the reload; nil where there was no proxy to tell.
        var reload: String?
        /// What the proxy said of binds that do not serve, and what else an administrator should know.
        var remark: String?
        /// What the client should know of its binds.
        var warnings: [String] = []
        /// The lines that went and came.
        var change: ConfigurationChange?

        mutating func add(remark words: String) { remark = (remark.map { $0 + "\n" } ?? "") + words }
    }

    /// Checks, writes and brings into effect. All of it or nothing: when the proxy does not take the file, the former one
    /// is put back. Only in one's turn.
    ///
    /// - Parameters:
    ///   - former: What `changed` was made from.
    ///   - reload: When a proxy that has to be reloaded is: others take every change at once.
    /// - Throws: 400 with the checker's or the proxy's own words, 409 when somebody edited the file meanwhile, 500 when
    ///   the proxy cannot be asked or the file cannot be written, 503 when another process goes on changing the file, 507
    ///   when the disk is full.
    func commit(
        _ changed: ConfigurationFile,
        over former: Snapshot,
        reload: ReloadTime = .soon,
        origin: ConfigurationHistory.Origin = .api
    ) throws(APIError) -> Committed {
        let next = Workspace.next(changed, over: former.file, version: former.version + 1)
        let warnings = try admit(from: former.file, to: next)
        try check(next)
        let lock: FileLock?
        do throws(SystemError) {
            lock = try Self.lock(history, settings)
        } catch {
            throw APIError(503, "\(error)")
        }
        let prepared = try prepare(next)
        let outcome: Result<Committed, APIError>
        do throws(APIError) {
            outcome = .success(try bringIn(prepared, next, over: former, reload: reload, origin))
        } catch {
            outcome = .failure(error)
        }
        _ = consume lock
        var committed = try outcome.get()
        committed.warnings = warnings + committed.warnings
        let difference = ConfigurationDifference(from: former.file, to: next)
        committed.change = ConfigurationChange(version: committed.version, difference)
        return committed
    }

    private func bringIn(
        _ prepared: PreparedFile,
        _ next: ConfigurationFile,
        over former: Snapshot,
        reload: ReloadTime,
        _ origin: ConfigurationHistory.Origin
    ) throws(APIError) -> Committed {
        var committed = Committed(version: next.version)
        let entry = offer(prepared, version: next.version, origin, &committed)
        do throws(APIError) {
            try put(prepared, over: former)
            if reload != .never {
                do throws(Refusal) {
                    try bringIntoEffect(next, reload, &committed)
                } catch {
                    throw takeBack(prepared, because: error)
                }
            }
        } catch {
            if let entry { history?.drop(entry) }
            throw error
        }
        prepared.discard()
        settle(entry, &committed)
        let version = committed.version
        finish { state in
            state.storage.took(prepared.signature)
            state.workspace.replace(next, version: version)
        }
        return committed
    }

    /// - Throws: 400 with every error's place and words.
    func check(_ file: ConfigurationFile) throws(APIError) {
        let problems = checker.errors(in: file)
        guard problems.isEmpty else { throw APIError(400, problems.joined(separator: "\n")) }
    }

    private func prepare(_ file: ConfigurationFile) throws(APIError) -> PreparedFile {
        do throws(SystemError) {
            return try ConfigurationStorage(path: settings.path).prepare(file)
        } catch {
            throw Self.notSaved(error)
        }
    }

    private static func notSaved(_ error: SystemError) -> APIError {
        let status = error.code == ENOSPC || error.code == EDQUOT ? 507 : 500
        return APIError(status, "the configuration was not saved: \(error)")
    }

    /// Exchanges the file, if it is still the one that the change was made from: the check takes its time, and an edit
    /// by hand during it must not be overwritten.
    private func put(_ prepared: PreparedFile, over former: Snapshot) throws(APIError) {
        var isPut = false
        defer { if !isPut { prepared.discard() } }
        let known = try read { state throws(APIError) in
            guard state.workspace.version == former.version else { throw .versionMismatch }
            state.isCommitting = true
            return state.storage.known
        }
        do throws(SystemError) {
            isPut = try known.map { known throws(SystemError) in try prepared.exchange(expecting: known) } ?? false
        } catch {
            finish { _ in }
            throw Self.notSaved(error)
        }
        if !isPut {
            finish { _ in }
            throw .versionMismatch
        }
    }

    /// Ends what ``put(_:over:)`` began: requests look at the file again.
    private func finish(_ body: (inout State) -> Void) {
        withState { state in
            body(&state)
            state.isCommitting = false
        }
    }

    /// Why a change that is in the file is not in effect.
    private struct Refusal: Error {
        var error: APIError
        /// It did not tell: it may have read the file, or be about to.
        var isProxySilent = false
    }

    private func bringIntoEffect(
        _ next: ConfigurationFile,
        _ time: ReloadTime,
        _ committed: inout Committed
    ) throws(Refusal) {
        let reload: (id: String, answer: ReloadAnswer)?
        do throws(SystemError) {
            if time == .soon, let delay = reloader.delayMilliseconds {
                if !applyAtRuntime(next) { committed.reload = try reloadLater(milliseconds: delay) }
                return
            }
            reload = try reloadNow(taking: next)
        } catch {
            // Nobody listened.
            if error.code == ENOENT || error.code == ECONNREFUSED {
                let words = "the proxy cannot be asked to take the change, and nothing was changed: \(error)"
                throw Refusal(error: APIError(500, words))
            }
            let words = "the proxy did not tell whether it took the change, which is taken back: \(error)"
            throw Refusal(error: APIError(500, words), isProxySilent: true)
        }
        guard let (id, answer) = reload else { return }
        guard answer.success else {
            let words = answer.text.isEmpty ? "the proxy refused the configuration (reload \(id))" : answer.text
            throw Refusal(error: APIError(400, words))
        }
        let quarantined = answer.quarantined
        committed.reload = id
        committed.warnings = answer.warnings
        if !quarantined.isEmpty { committed.add(remark: quarantined.joined(separator: "\n")) }
    }

    /// Has the proxy read the file that was put back, so that it does not go on with the one it was asked to take.
    private func reloadFormer(_ error: APIError) -> APIError {
        do throws(SystemError) {
            if try reloader.reload()?.success ?? true { return error }
            return error.adding("the proxy refuses the former configuration")
        } catch let second {
            return error.adding("what the proxy serves is not known until the next change: \(second)")
        }
    }

    /// Puts the former file back. What somebody wrote over the new one stays, and is taken in by the next request.
    private func takeBack(_ prepared: PreparedFile, because refusal: Refusal) -> APIError {
        var error = refusal.error
        do throws(SystemError) {
            if try !prepared.takeBack() {
                prepared.discard()
                error = error.adding("the file was edited meanwhile: the edit was left in place")
            }
        } catch let second {
            error = error.adding("the former configuration could not be put back: \(second)")
            error.status = 500
            error.code = 500
        }
        if refusal.isProxySilent { error = reloadFormer(error) }
        finish { _ in }
        return error
    }
}
