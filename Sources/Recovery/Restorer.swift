internal import Diagnostics
public import Files
internal import NetworkHistory
internal import NetworkFiles
internal import NetworkState
internal import PKI

/// Makes an appliance what a set of files says: all of it, or none.
///
/// Checked, then written down with the way back (``RestoreJournal``), then done: files, network, proxy. What fails is
/// taken back; what a power cut interrupts is brought to an end by the next ``resume()``.
public struct Restorer {
    public var root: Root
    /// Whether the kernel's network is this root's; else only files are written.
    public var hasNetwork: Bool
    /// Has the proxy read its configuration, where one runs.
    public var reloadProxy: () throws -> Void
    /// Where the files are from, for the history of the network.
    public var source: String?
    /// How long a change through the API is waited for.
    var patience = Duration.seconds(60)
    /// Called before each step, with its name. For tests.
    var beforeStep: (String) throws -> Void = { _ in }

    public init(_ root: Root, hasNetwork: Bool, reloadProxy: @escaping () throws -> Void = {}) {
        self.root = root
        self.hasNetwork = hasNetwork
        self.reloadProxy = reloadProxy
    }

    /// Held while one restores or takes a backup: what is half written is nobody's backup.
    public static let lockPath = "/run/appliance-net/recovery.lock"
    /// How long the other one is waited for: after every change the service takes a backup, which takes seconds.
    static let lockPatience = Duration.seconds(30)

    private var journal: RestoreJournal { RestoreJournal(root) }

    /// Whether a restore was begun that has not come to its end.
    public var isInterrupted: Bool { journal.isOpen }

    /// What a restore that was interrupted on another machine's disk would have come to: its end, or the way back.
    ///
    /// - Returns: Only the files that it was about; nil if none was open.
    public static func unfinished(_ root: Root) throws -> FileSet? {
        switch try RestoreJournal(root).state() {
        case .none: nil
        case .forward(let wanted, _, _): wanted
        case .back(let former): former
        }
    }

    /// What restoring would change.
    public func changes(_ wanted: FileSet) throws -> [FileChange] {
        let wanted = try ready(wanted)
        return wanted.differences(from: try FileSet.read(root, asIn: wanted))
    }

    /// Checks what is to be restored as ``restore(_:beginning:)`` does, and changes nothing.
    ///
    /// - Throws: `DiagnosticsError`
    public func check(_ wanted: FileSet) throws { try requireSound(try ready(wanted)) }

    private func requireSound(_ wanted: FileSet) throws {
        let problems = RestoreCheck(root).problems(wanted, asksKernel: hasNetwork)
        if problems.hasErrors { throw DiagnosticsError(problems) }
    }

    private func ready(_ wanted: FileSet) throws -> FileSet {
        try wanted.portable.settled(in: root).owned(here: root)
    }

    /// Restores.
    ///
    /// - Parameter beginning: Called once nobody else restores any more, before anything is changed; what it throws is thrown.
    /// - Returns: What was changed, and notes; without changes the network is made right all the same.
    /// - Throws: `DiagnosticsError` if the files do not check; `BusyError`; ``RestoreError``: all is as before.
    public func restore(
        _ wanted: FileSet,
        beginning: () throws -> Void = {}
    ) throws -> (changes: [FileChange], notes: [String]) {
        try alone {
            let notes = try finish()
            try beginning()
            let wanted = try ready(wanted)
            try requireSound(wanted)
            return try undisturbed {
                let former = try FileSet.read(root, asIn: wanted)
                let changes = wanted.differences(from: former)
                let needed = FileSet(changes.compactMap { wanted[$0.path] })
                let before = FileSet(try needed.missingDirectories(root) + changes.compactMap { former[$0.path] })
                try beforeStep("begin")
                try journal.begin(wanted: needed, former: before, source: source)
                let late: [String]
                do {
                    late = try forward(needed, from: changes.isEmpty ? nil : source)
                } catch {
                    let leftOver = try goBack(before, because: error)
                    let rest = leftOver.isEmpty ? "" : ", but: " + leftOver.joined(separator: "; ")
                    throw RestoreError(
                        "\(error); everything is as it was before\(rest)",
                        remedy: "mend that and restore again"
                    )
                }
                try journal.end()
                return (changes, notes + late)
            }
        }
    }

    /// Brings what was interrupted to its end: the restore, or the way back from it.
    ///
    /// - Returns: What was done, to be told; empty if nothing was open.
    @discardableResult
    public func resume() throws -> [String] { try alone { try finish() } }

    private func finish() throws -> [String] {
        switch try journal.state() {
        case .none:
            try journal.clean()
            return []
        case .back(let former):
            return try undisturbed { ["a restore that had failed was taken back"] + (try back(former)) }
        case .forward(let wanted, let former, let source):
            return try undisturbed {
                let late: [String]
                do {
                    late = try forward(wanted, from: source, isAgain: true)
                } catch {
                    let leftOver = try goBack(former, because: error)
                    return ["a restore that was interrupted was taken back: \(error)"] + leftOver
                }
                try journal.end()
                return ["a restore that was interrupted is complete now"] + late
            }
        }
    }

    /// - Returns: What the service has not done yet.
    private func forward(_ wanted: FileSet, from source: String?, isAgain: Bool = false) throws -> [String] {
        try beforeStep("write")
        let problems = try apply(wanted, from: source, isAgain: isAgain) {
            try beforeStep("verify")
            let now = try FileSet.read(root, asIn: wanted)
            if let other = wanted.files.first(where: { !now.isSame($0) }) {
                throw RestoreError("\(other.path) is not what was written", remedy: "see who writes it")
            }
        }
        // The guard is the service's, which comes after us.
        let lasting = problems.filter { $0.object != .firewall }
        if !lasting.isEmpty {
            throw RestoreError(
                "the network cannot be as wanted: " + lasting.map { "\($0)" }.joined(separator: "; "),
                remedy: "see that its adapters are there and its addresses free"
            )
        }
        try beforeStep("proxy")
        try reloadProxy()
        return problems.map { "\($0)" }
    }

    /// - Returns: What the network cannot have now and could have before.
    private func apply(
        _ files: FileSet,
        from source: String? = nil,
        isAgain: Bool = false,
        verify: () throws -> Void = {}
    ) throws -> [Problem] {
        // What one that was killed had begun to write.
        let places = Dictionary(
            files.files.map { (AtomicFile.directory(of: root[$0.path]), root[$0.path]) },
            uniquingKeysWith: { first, _ in first }
        )
        for (directory, place) in places where try AtomicFile.status(directory) != nil {
            try PreparedFile.sweep(beside: place)
        }
        return try write(files, from: source, isAgain, verify)
    }

    private func write(
        _ files: FileSet,
        from source: String?,
        _ isAgain: Bool,
        _ verify: () throws -> Void
    ) throws -> [Problem] {
        // Who looks after the certificates sees all of them, or those from before.
        func put() throws {
            try PKIStore(root: root).alone {
                try files.write(root)
                try verify()
            }
        }
        guard hasNetwork else {
            try put()
            return []
        }
        let applier = Applier(root, patience: .seconds(20))
        let former = (try? applier.problems()) ?? []
        let applied = try applier.apply(.restore, from: source, isAgain: isAgain) {
            try put()
            try beforeStep("network")
        }
        return applied.result.problems.filter { !former.contains($0) }
    }

    private func goBack(_ former: FileSet, because error: any Error) throws -> [String] {
        do {
            try journal.turnBack()
            return try back(former)
        } catch let failure {
            throw RestoreError(
                "\(error); what was there before could not be put back: \(failure)",
                remedy: "make room on the disk and run appliance-net resume"
            )
        }
    }

    /// - Returns: What could not be as before, of which nothing better is known than the files as they were.
    private func back(_ former: FileSet) throws -> [String] {
        var problems: [String] = []
        do {
            problems = try apply(former).map { "\($0)" }
        } catch is DiagnosticsError {
            // There was no network before, and there is none now.
            try former.write(root)
        }
        try? reloadProxy()
        try journal.end()
        // The journal itself was in one of them.
        try? former.removeAbsent(root)
        return problems
    }

    private func alone<Result>(_ body: () throws -> Result) throws -> Result {
        try FileLock.hold(
            root[Self.lockPath],
            patience: Self.lockPatience,
            heldBy: "another backup or restore",
            body
        )
    }

    /// Runs `body` while nobody changes haproxy.cfg through the API: they do it before or after.
    private func undisturbed<Result>(_ body: () throws -> Result) throws -> Result {
        let path = root[ApplianceFiles.proxyHistory] + "/.lock"
        guard try AtomicFile.status(path) != nil else { return try body() }
        return try FileLock.hold(path, patience: patience, heldBy: "somebody who changes haproxy.cfg", body)
    }
}
