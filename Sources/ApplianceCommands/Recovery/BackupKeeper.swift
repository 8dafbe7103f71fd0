internal import CLinux
internal import Files
internal import FoundationEssentials
internal import Glibc
internal import NetworkFiles
internal import NetworkWatch
internal import Recovery
internal import Syscalls

/// Has a backup taken some seconds after every change of the appliance: `appliance-net backup`, a process of its own,
/// which may take its time with the key and with the target, but not all time and memory that there is.
final class BackupKeeper: WatchPart {
    private let root: Root
    private let program: String
    private var machine: BackupMachine
    private var watcher: ApplianceWatcher?
    /// The backup that runs, and what is readable when it has ended (pidfd_open(2)).
    private var process: (id: pid_t, ending: CInt)?
    private var wishes: [WatchWish] = []
    private(set) var problems: [String] = []

    /// Nothing more was hoped of the backup that runs.
    private var isGivenUp = false
    private let pace: BackupMachine.Pace

    /// - Parameter program: The path of appliance-net.
    init(_ root: Root, program: String, pace: BackupMachine.Pace = BackupMachine.Pace()) {
        self.root = root
        self.program = program
        self.pace = pace
        machine = BackupMachine(pace)
        do {
            watcher = try ApplianceWatcher(root)
        } catch {
            problems = ["backups are taken by hand only: \(error)"]
        }
    }

    var descriptors: [CInt] { (watcher?.descriptors ?? []) + (process.map { [$0.ending] } ?? []) }
    var deadline: Duration? { watcher == nil ? nil : machine.deadline }

    func takeWishes() -> [WatchWish] {
        defer { wishes = [] }
        return wishes
    }

    var status: [(name: String, json: String)] {
        guard let status = BackupStatus.read(BackupStore(root)), let json = try? JSONEncoder().encode(status) else {
            return [("backup", "null")]
        }
        return [("backup", String(decoding: json, as: UTF8.self))]
    }

    func hear(_ descriptor: CInt, at now: Duration) {
        if let process, descriptor == process.ending { return reap(process, at: now) }
        if watcher?.hasChanged() == true { machine.changed(at: now) }
    }

    func timer(at now: Duration) {
        if machine.isHopeless(at: now), let process {
            isGivenUp = true
            // It may be where no signal reaches it: it is heard of when it has ended.
            kill(process.id, SIGKILL)
            tell(["the backup has not come to its end in \(pace.longestRun.components.seconds) s: see [recovery]"])
        }
        guard machine.begin(at: now) else { return }
        // Before the backup looks at everything: what changes from here on is heard of. If it cannot be, the backup is
        // worth more.
        try? watcher?.refresh()
        do {
            try start()
        } catch {
            tell(["no backup could be taken: \(error)"])
            machine.ended(false, at: now)
        }
    }

    private func tell(_ news: [String]) {
        if news != problems { for problem in news { wishes.append(.log(.warning, problem)) } }
        problems = news
    }

    /// What happened while nobody watched is a change too; where nothing did, the backup finds that out.
    func applied(_ configuration: NetworkConfiguration, at now: Duration) {
        guard !hasBegun else { return }
        hasBegun = true
        machine.changed(at: now)
    }

    private var hasBegun = false

    /// How long the end of a backup is waited for that is told to end.
    private static let endPatience = Duration.seconds(1)

    /// Ends the backup that runs; the next service takes it. One that does not end is left to the system.
    func end() {
        guard let process else { return }
        kill(process.id, SIGTERM)
        var wait = pollfd(fd: process.ending, events: Int16(POLLIN), revents: 0)
        poll(&wait, 1, MonotonicTime.milliseconds(Self.endPatience))
        waitpid(process.id, nil, WNOHANG)
        close(process.ending)
        self.process = nil
    }

    private func start() throws(SystemError) {
        let arguments = [program, "backup", "--in-background", "--root", root.isReal ? "/" : root.prefix]
        var argv: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        let path = getenv("PATH").map { String(cString: $0) } ?? "/usr/sbin:/usr/bin:/sbin:/bin"
        var environment: [UnsafeMutablePointer<CChar>?] = [
            strdup("PATH=" + path), strdup("SWIFT_BACKTRACE=enable=no"), nil,
        ]
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
        switch status {
        case 0: tell([])
        case _ where isGivenUp: break
        case ExitStatus.badConfiguration.rawValue:
            // There is nothing to back up: no failure, and what makes an appliance of it is a change.
            tell([])
            return machine.ended(true, at: now)
        case ExitStatus.busy.rawValue: return machine.gaveWay(at: now)
        case ExitStatus.pending.rawValue:
            let reason = (try? BackupStore(root).state())?.failure ?? "it was not brought to its target"
            tell(["the backup is on this appliance only: \(reason.split(separator: "\n").first ?? "")"])
        case 256...:
            let most = BackgroundWork.memory >> 20
            tell([
                "the backup was ended by signal \(status - 256); it may have \(most) MiB of memory: appliance-net backup by hand may have more"
            ])
        default: tell(["no backup could be taken (status \(status)): appliance-net backup says why"])
        }
        isGivenUp = false
        machine.ended(status == 0, at: now)
    }
}
