internal import Files
internal import Glibc
internal import ProxyConfig
public import Syscalls

extension DataPlane {
    /// Takes in what somebody else writes to the file as it is written, and reports what is wrong with it. Returns only
    /// when the file cannot be watched: edits are noticed at the next request all the same.
    public func watchForEdits() throws(SystemError) {
        let watcher = try FileWatcher([settings.path])
        while true {
            var events = pollfd(fd: watcher.descriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&events, 1, -1) > 0 else { continue }
            // Who still has it open for writing is not done.
            if try watcher.changes().values.contains(.written) { checkEdit() }
        }
    }

    /// Checks the last edit by hand, once.
    ///
    /// - Returns: The edit, if there was one.
    @discardableResult
    func checkEdit() -> HandEdit? {
        let found = try? read { state in (state.edit, state.workspace.snapshot) }
        guard let (last, snapshot) = found, let last else { return nil }
        guard last.problems == nil, snapshot.version == last.version else { return last }
        var edit = last
        let problems = checker.errors(in: snapshot.file)
        edit.problems = problems
        let isLast = withState { state in
            guard state.edit?.version == last.version else { return false }
            state.edit?.problems = problems
            return true
        }
        if isLast, !problems.isEmpty {
            settings.report(
                "\(settings.path) was edited by hand and is not valid; no change can be made until it is: "
                    + problems.map { Secrets.removed(fromLinesOf: $0) }.joined(separator: "\n")
            )
        }
        return edit
    }
}

extension HandEdit {
    var body: JSONValue {
        var object: JSONObject = ["version": .integer(version), "time": .integer(time)]
        object["problems"] = problems.map { .array($0.map { .string($0) }) }
        return .object(object)
    }
}
