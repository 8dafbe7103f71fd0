internal import Files
internal import Glibc
internal import ProxyConfig
internal import RuntimeAPI
internal import Syscalls

extension DataPlane {
    static func history(_ settings: Settings) -> ConfigurationHistory? {
        guard settings.versionsKept > 0 else { return nil }
        // Nothing is kept of what is no file.
        guard let status = try? AtomicFile.status(settings.path), status.st_mode & S_IFMT == S_IFREG else { return nil }
        let directory = settings.historyDirectory ?? ConfigurationHistory.defaultDirectory(of: settings.path)
        return ConfigurationHistory(directory: directory, limit: settings.versionsKept)
    }

    /// Waits for another process that changes the file: `appliance-net config restore`, `appliance-net restore`.
    ///
    /// - Returns: nil where nothing can be locked, which keeps no change from being made.
    /// - Throws: EBUSY if the other does not end.
    static func lock(_ history: ConfigurationHistory?, _ settings: Settings) throws(SystemError) -> FileLock? {
        guard let history, (try? history.makeDirectory()) != nil else { return nil }
        do throws(SystemError) {
            if let lock = try FileLock.acquire(history.lockPath, patience: settings.patience) { return lock }
        } catch {
            return nil
        }
        throw SystemError(code: EBUSY, operation: "change \(settings.path), which another process changes,")
    }

    // MARK: - Keeping versions

    /// Links the new file into the history, as pending. That a version cannot be kept keeps no change from being made.
    func offer(
        _ prepared: PreparedFile,
        version: Int,
        _ origin: ConfigurationHistory.Origin,
        _ committed: inout Committed
    ) -> ConfigurationHistory.Entry? {
        guard let history else { return nil }
        let entry = ConfigurationHistory.Entry(version: version, origin: origin, prepared.signature, isPending: true)
        do throws(SystemError) {
            try history.keep(prepared.temporary, entry)
            return entry
        } catch {
            committed.add(remark: "version \(version) is not kept in the history: \(error)")
            return nil
        }
    }

    func settle(_ entry: ConfigurationHistory.Entry?, _ committed: inout Committed) {
        guard let history, let entry else { return }
        do throws(SystemError) {
            try history.settle(entry)
            try history.prune()
        } catch {
            committed.add(remark: "the history of the configuration is not in order: \(error)")
        }
    }

    /// Takes in what somebody else wrote: a new version.
    ///
    /// - Parameter known: What the file was before.
    func adopt(_ text: String, _ known: FileSignature?, _ state: inout State) {
        let former = state.workspace.snapshot
        state.workspace.adopt(ConfigurationFile(text, file: settings.path))
        // What `appliance-net config restore` brought back is kept by that, and was checked.
        if let signature = state.storage.known, history?.has(state.workspace.version, signature) ?? false { return }
        state.edit = HandEdit(version: state.workspace.version, time: state.now)
        guard let history, let signature = state.storage.known else { return }
        // Written in place, it is the former version's file too.
        if let known, known.isSameFile(as: signature) {
            try? history.rescue(former.version, EscapedBytes.bytes(former.file.text))
        }
        try? history.keep(settings.path, .init(version: state.workspace.version, origin: .edit, signature))
        try? history.prune()
    }

    // MARK: - After a start

    /// Ends a change that was cut off when the process before this one ended: asks the proxy to take what is on the disk,
    /// and goes back to the version before it if that is refused.
    ///
    /// - Returns: What the log should say; nil if there was no such change.
    public func resume() -> String? {
        guard let entry = withState({ $0.interrupted }), let history else { return nil }
        var words = "a change was cut off by the end of the process before: version \(entry.version) is in effect"
        do throws(APIError) {
            try turns.alone { () throws(APIError) in
                let former = try read { state in state.workspace.snapshot }
                try? history.settle(entry)
                withState { $0.interrupted = nil }
                guard former.version == entry.version else { return }
                let answer = try? reloader.reload()
                guard let answer, !answer.success else { return }
                let earlier = try? history.entries().last { $0.version < entry.version }
                guard let earlier, let text = try? history.text(of: earlier.version) else {
                    throw APIError(500, answer.text)
                }
                let file = ConfigurationFile(text, file: settings.path)
                let version = try commit(file, over: former, reload: .now, origin: .restore).version
                words = "a change was cut off by the end of the process before, and the proxy refuses it: version "
                words += "\(version) is version \(earlier.version) again"
            }
        } catch {
            return "a change that was cut off by the end of the process before cannot be brought into effect: "
                + error.message
        }
        return words
    }

    // MARK: - Without HTTP

    /// Brings a version that was in effect back, as a new one.
    ///
    /// - Returns: The new version, and what an administrator should know beside it.
    /// - Throws: 404 for a version that is not kept, 409 when the file was edited meanwhile, else as every change.
    public func restored(_ version: Int) throws(APIError) -> (version: Int, remark: String?) {
        let committed = try restore(version, expecting: nil)
        return (committed.version, committed.remark)
    }

    /// The lines in which a version differs from another, or from the configuration in effect; secrets are left out.
    public func changes(from version: Int, to other: Int?) throws(APIError) -> ConfigurationChange {
        try difference(from: version, to: other)
    }

    // MARK: - Requests

    /// A version that was in effect, made the one in effect again.
    ///
    /// - Parameter expected: The version that is in effect, if the client says which.
    /// - Throws: 404 for a version that is not kept; as ``commit(_:over:reload:origin:)``.
    func restore(_ version: Int, expecting expected: Int?) throws(APIError) -> Committed {
        let text = try keptText(version)
        return try turns.alone { () throws(APIError) in
            let former = try read { state in state.workspace.snapshot }
            if let expected, expected != former.version { throw .versionMismatch }
            let file = ConfigurationFile(text, file: settings.path)
            return try commit(file, over: former, reload: .now, origin: .restore)
        }
    }

    /// - Throws: 404 for a version that is not kept.
    func keptText(_ version: Int) throws(APIError) -> String {
        do throws(SystemError) {
            if let text = try history?.text(of: version) { return text }
        } catch {
            throw APIError(500, "the history cannot be read: \(error)")
        }
        throw .missing("version \(version) of the configuration")
    }

    func keptVersions() throws(APIError) -> [ConfigurationHistory.Entry] {
        do throws(SystemError) {
            return try history?.entries() ?? []
        } catch {
            throw APIError(500, "the history cannot be read: \(error)")
        }
    }

    /// The lines in which one version differs from another; secrets are left out.
    func difference(from version: Int, to other: Int?) throws(APIError) -> ConfigurationChange {
        let former = ConfigurationFile(try keptText(version), file: settings.path)
        let present = try read { state in state.workspace.snapshot }
        var next = present
        if let other, other != present.version {
            next = Snapshot(file: ConfigurationFile(try keptText(other), file: settings.path), version: other)
        }
        return ConfigurationChange(version: next.version, ConfigurationDifference(from: former, to: next.file))
    }
}
