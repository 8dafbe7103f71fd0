internal import Glibc
internal import ProxyConfig
internal import RuntimeAPI
internal import Syscalls

extension DataPlane {
    /// What a commit has brought about.
    struct Committed: Sendable {
        /// Identifier of the reload; nil where there was no proxy to tell.
        var reload: String?
        /// What the proxy said of binds that do not serve.
        var remark: String?
        /// The lines that went and came.
        var change: ConfigurationChange?
    }

    /// Checks, writes and brings into effect. All of it or nothing: when the proxy does not take the file, the former one
    /// is put back.
    ///
    /// - Throws: 400 with the checker's or the proxy's own words, 409 when somebody edited the file meanwhile, 500 when
    ///   the proxy cannot be asked or the file cannot be written, 507 when the disk is full.
    func commit(_ changed: ConfigurationFile, _ state: inout State, reload: Bool = true) throws(APIError) -> Committed {
        let next = state.workspace.next(changed)
        try check(next)
        // The check takes its time: an edit by hand during it must not be overwritten.
        let version = state.workspace.version
        try refresh(&state)
        guard state.workspace.version == version else { throw .versionMismatch }
        let former = state.workspace.file.text
        do throws(SystemError) {
            try state.storage.write(next.text)
        } catch {
            let status = error.code == ENOSPC || error.code == EDQUOT ? 507 : 500
            throw APIError(status, "the configuration was not saved: \(error)")
        }
        var committed = Committed()
        if reload { committed = try bringIntoEffect(&state, former: former) }
        let difference = ConfigurationDifference(from: state.workspace.file, to: next)
        state.workspace.replace(next, version: state.workspace.version + 1)
        committed.change = ConfigurationChange(version: state.workspace.version, difference)
        return committed
    }

    /// - Throws: 400 with every error's place and words.
    func check(_ file: ConfigurationFile) throws(APIError) {
        let problems = checker.errors(in: file.text, file: file.file)
        guard problems.isEmpty else { throw APIError(400, problems.joined(separator: "\n")) }
    }

    private func bringIntoEffect(_ state: inout State, former: String) throws(APIError) -> Committed {
        let answer: ReloadAnswer?
        do throws(SystemError) {
            answer = try reloader.reload()
        } catch {
            // Nobody listened. After any other error the proxy may have read the file, or be about to.
            if error.code == ENOENT || error.code == ECONNREFUSED {
                let words = "the proxy cannot be asked to take the change, and nothing was changed: \(error)"
                throw restore(former, &state, because: APIError(500, words))
            }
            let words = "the proxy did not tell whether it took the change, which is taken back: \(error)"
            throw reloadFormer(restore(former, &state, because: APIError(500, words)))
        }
        guard let answer else { return Committed() }
        let id = state.reloads.add(succeeded: answer.success, response: answer.text, now: state.now)
        guard answer.success else {
            let words = answer.text.isEmpty ? "the proxy refused the configuration (reload \(id))" : answer.text
            throw restore(former, &state, because: APIError(400, words))
        }
        let quarantined = answer.quarantined
        return Committed(reload: id, remark: quarantined.isEmpty ? nil : quarantined.joined(separator: "\n"))
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

    private func restore(_ former: String, _ state: inout State, because error: APIError) -> APIError {
        do throws(SystemError) {
            try state.storage.write(former)
            return error
        } catch let second {
            var error = error.adding("the former configuration could not be put back: \(second)")
            error.status = 500
            error.code = 500
            return error
        }
    }
}
