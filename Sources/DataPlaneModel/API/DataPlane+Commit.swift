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
    }

    /// Checks, writes and brings into effect. All of it or nothing: when the proxy does not take the file, the former one
    /// is put back.
    ///
    /// - Throws: 400 with the checker's or the proxy's own words, 500 when the proxy cannot be asked or the file cannot
    ///   be written, 507 when the disk is full.
    func commit(_ changed: ConfigurationFile, _ state: inout State, reload: Bool = true) throws(APIError) -> Committed {
        let next = state.workspace.next(changed)
        try check(next)
        let former = state.workspace.file.text
        do throws(SystemError) {
            try state.storage.write(next.text)
        } catch {
            let status = error.code == ENOSPC || error.code == EDQUOT ? 507 : 500
            throw APIError(status, "the configuration was not saved: \(error)")
        }
        var committed = Committed()
        if reload {
            do throws(APIError) {
                committed = try bringIntoEffect(&state)
            } catch {
                throw restore(former, &state, because: error)
            }
        }
        state.workspace.replace(next, version: state.workspace.version + 1)
        return committed
    }

    /// - Throws: 400 with every error's place and words.
    func check(_ file: ConfigurationFile) throws(APIError) {
        let problems = checker.errors(in: file.text, file: file.file)
        guard problems.isEmpty else { throw APIError(400, problems.joined(separator: "\n")) }
    }

    private func bringIntoEffect(_ state: inout State) throws(APIError) -> Committed {
        let answer: ReloadAnswer?
        do throws(SystemError) {
            answer = try reloader.reload()
        } catch {
            throw APIError(500, "the proxy cannot be asked to take the change, and nothing was changed: \(error)")
        }
        guard let answer else { return Committed() }
        let id = state.reloads.add(succeeded: answer.success, response: answer.text, now: state.now)
        guard answer.success else {
            let words = answer.text.isEmpty ? "the proxy refused the configuration (reload \(id))" : answer.text
            throw APIError(400, words)
        }
        let quarantined = answer.quarantined
        return Committed(reload: id, remark: quarantined.isEmpty ? nil : quarantined.joined(separator: "\n"))
    }

    private func restore(_ former: String, _ state: inout State, because error: APIError) -> APIError {
        do throws(SystemError) {
            try state.storage.write(former)
            return error
        } catch let second {
            var error = error
            error.status = 500
            error.code = 500
            error.message += "\nthe former configuration could not be put back: \(second)"
            return error
        }
    }
}
