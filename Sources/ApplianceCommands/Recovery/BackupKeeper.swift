internal import CLinux
internal import Files
internal import FoundationEssentials
internal import Glibc
internal import NetworkFiles
internal import NetworkWatch
internal import Recovery
internal import Syscalls

/// Has a backup taken some seconds after every change of the appliance: `appliance-net backup`, a process of its own,
/// which may take its time with the key and with the target.
final class BackupKeeper: WatchPart {
    private let root: Root
    private let program: String
    private var machine: BackupMachine
    private var watcher: ApplianceWatcher?
    /// The backup that runs, and what is readable when it has ended (pidfd_open(2)).
    private var process: (id: pid_t, ending: CInt)?
    private var wishes: [WatchWish] = []
    private(set) var problems: [String] = []

    /// - Parameter program: The path of appliance-net.
    init(_ root: Root, program: String, pace: BackupMachine.Pace = BackupMachine.Pace()) {
        self.root = root
        self.program = program
        machine = BackupMachine(pace)
        do {
            watcher = try ApplianceWatcher(root)
        } catch {
            problems = ["backups are taken by hand only: \(error)"]
        }
    }

    var descriptors: [CInt] { [watcher?.descriptor, process?.ending].compactMap { $0 } }
    var deadline: Duration? { watcher == nil ? nil : machine.deadline }

    func takeWishes() -> [WatchWish] {
        defer { wishes = [] }
        return wishes
    }

    var status: [(name: String, json: String)] {
        guard let state = try? BackupStore(root).state(), let json = try? JSONEncoder().encode(state) else {
            return [("backup", "null")]
        }
        return [("backup", String(decoding: json, as: UTF8.self))]
    }

    func hear(_ descriptor: CInt, at now: Duration) {
        if let process, descriptor == process.ending { return reap(process, at: now) }
        guard let watcher, descriptor == watcher.descriptor else { return }
        if watcher.hasChanged() { machine.changed(at: now) }
    }

    func timer(at now: Duration) {
        guard machine.begin(at: now) else { return }
        // Before the backup looks at everything: what changes from here on is heard of. If it cannot be, the backup is
        // worth more.
        try? watcher?.refresh()
        do {
            try start()
        } catch {
            problems = ["no backup could be taken: \(error)"]
            machine.ended(false, at: now)
        }
    }

    /// What happened while nobody watched is a change too; where nothing did, the backup finds that out.
    func applied(_ configuration: NetworkConfiguration, at now: Duration) {
        guard !hasBegun else { return }
        hasBegun = true
        machine.changed(at: now)
    }

    private var hasBegun = false

    /// Ends the backup that runs; the next service takes it.
    func end() {
        guard let process else { return }
        kill(process.id, SIGTERM)
        waitpid(process.id, nil, 0)
        close(process.ending)
        self.process = nil
    }

    private func start() throws(SystemError) {
        let arguments = [program, "backup", "--root", root.isReal ? "/" : root.prefix]
        var argv: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        let path = getenv("PATH").map { String(cString: $0) } ?? "/usr/sbin:/usr/bin:/sbin:/bin"
        var environment: [UnsafeMutablePointer<CChar>?] = [strdup("PATH=" + path), nil]
        defer { for text in argv + environment { free(text) } }
        let id = try syscall("start appliance-net backup") { clinux_spawn_as(&argv, &environment, 0, 0) }
        let ending = clinux_process_open(id)
        guard ending >= 0 else {
            let code = errno
            kill(id, SIGKILL)
            waitpid(id, nil, 0)
            throw SystemError(code: code, operation: "watch appliance-net backup")
        }
        process = (id, ending)
    }

    private func reap(_ process: (id: pid_t, ending: CInt), at now: Duration) {
        var raw: CInt = 0
        guard waitpid(process.id, &raw, WNOHANG) != 0 else { return }
        close(process.ending)
        self.process = nil
        let status = clinux_wait_status(raw)
        let former = problems
        switch status {
        case 0: problems = []
        case ExitStatus.pending.rawValue:
            let reason = (try? BackupStore(root).state())?.failure ?? "it was not brought to its target"
            problems = ["the backup is on this appliance only: \(reason.split(separator: "\n").first ?? "")"]
        default: problems = ["no backup could be taken (status \(status)): appliance-net backup says why"]
        }
        machine.ended(status == 0, at: now)
        if problems != former { for problem in problems { wishes.append(.log(.warning, problem)) } }
    }
}
