internal import CLinux
internal import Glibc
internal import ProxyEngine
internal import RuntimeAPI
internal import Syscalls

/// What a master leaves to the program that replaces it in the same process, after an upgrade: open descriptors, processes
/// and who waits for an answer. It travels as text in a file without a name, whose descriptor an environment variable
/// holds.
struct Handover: Equatable {
    struct Worker: Equatable {
        var pid: Int32
        var channel: CInt
    }

    /// Descriptors of listening sockets, and the network namespaces of those that are not in ours.
    var listeners: [CInt] = []
    var namespaces: [CInt: String] = [:]
    /// Descriptors that the configuration names by their numbers (`fd@`).
    var named: [CInt] = []
    var commandSocket: CInt?
    /// Who said `reload`.
    var client: CInt?
    /// Somebody follows the listeners, and will again.
    var isFollowed = false
    var workers: [Worker] = []
    var programs: [Programs.Running] = []
    var reloads = 0

    private static let variable = "APPLIANCE_PROXYD_HANDOVER"

    /// This program was started to replace another in its process.
    static var isThere: Bool { getenv(variable) != nil }

    /// What the program before us left; nil if there was none.
    static func take() -> Handover? {
        guard let number = getenv(variable).flatMap({ CInt(String(cString: $0)) }) else { return nil }
        unsetenv(variable)
        let file = FileDescriptor(owning: number)
        lseek(number, 0, SEEK_SET)
        guard let bytes = try? file.readToEnd() else { return nil }
        let handover = Handover(text: String(decoding: bytes, as: UTF8.self))
        for descriptor in handover.descriptors { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        return handover
    }

    private var descriptors: [CInt] {
        listeners + named + [commandSocket, client].compactMap { $0 } + workers.map { $0.channel }
    }

    /// Replaces the program of this process by the one at `path`; comes back only with the reason why that failed.
    func execute(_ path: String) -> SystemError {
        let file = clinux_memory_file("handover")
        guard file >= 0 else { return SystemError(code: errno, operation: "make a file for the handover") }
        let holder = FileDescriptor(owning: file)
        do throws(SystemError) {
            try holder.writeAll(Array(text.utf8))
        } catch {
            return error
        }
        for descriptor in descriptors { _ = fcntl(descriptor, F_SETFD, 0) }
        setenv(Self.variable, "\(file)", 1)
        var arguments: [UnsafeMutablePointer<CChar>?] = CommandLine.arguments.map { strdup($0) }
        arguments.append(nil)
        defer { for argument in arguments { free(argument) } }
        execve(path, &arguments, environ)
        let code = errno
        unsetenv(Self.variable)
        for descriptor in descriptors { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        return SystemError(code: code, operation: "execute \(path)")
    }

    /// The path of this program if another file is there now; nil if it is the one that runs.
    static var newProgram: String? {
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = bytes.withUnsafeMutableBytes { buffer in
            buffer.baseAddress.map {
                readlink("/proc/self/exe", $0.assumingMemoryBound(to: CChar.self), buffer.count)
            } ?? -1
        }
        guard count > 0 else { return nil }
        var path = String(decoding: bytes[..<count], as: UTF8.self)
        let suffix = " (deleted)"
        if path.hasSuffix(suffix) { path.removeLast(suffix.count) }
        var ours = stat()
        var theirs = stat()
        guard stat("/proc/self/exe", &ours) == 0, stat(path, &theirs) == 0, access(path, X_OK) == 0 else { return nil }
        return ours.st_ino == theirs.st_ino && ours.st_dev == theirs.st_dev ? nil : path
    }

    /// The listeners, to be taken by a new configuration.
    var inherited: InheritedListeners {
        var inherited = InheritedListeners()
        for listener in listeners { inherited.add(listener, namespace: namespaces[listener] ?? "") }
        return inherited
    }

    // MARK: - Text

    var text: String {
        var lines = listeners.map { listener in "listener \(listener) \(namespaces[listener] ?? "")" }
        lines += named.map { "named \($0)" }
        if let commandSocket { lines.append("command \(commandSocket)") }
        if let client { lines.append("client \(client)") }
        if isFollowed { lines.append("followed 1") }
        lines += workers.map { "worker \($0.pid) \($0.channel)" }
        lines += programs.map { program in
            "program \(program.pid) \(program.startedAt) \(program.reloads) \(program.isFormer ? 1 : 0) "
                + program.settings.name
        }
        lines.append("reloads \(reloads)")
        return lines.joined(separator: "\n")
    }

    init() {}

    /// Lines that are not understood are passed over: the program before us may know more.
    init(text: String) {
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ", maxSplits: 5)
            let numbers = words.dropFirst().prefix(4).map { Int($0) ?? 0 }
            switch (words.first, numbers.count) {
            case ("listener", 1...):
                listeners.append(CInt(clamping: numbers[0]))
                if words.count > 2 { namespaces[CInt(clamping: numbers[0])] = String(words[2]) }
            case ("named", 1...): named.append(CInt(clamping: numbers[0]))
            case ("command", 1...): commandSocket = CInt(clamping: numbers[0])
            case ("followed", 1...): isFollowed = numbers[0] == 1
            case ("client", 1...): client = CInt(clamping: numbers[0])
            case ("worker", 2...):
                workers.append(Worker(pid: Int32(clamping: numbers[0]), channel: CInt(clamping: numbers[1])))
            case ("reloads", 1...): reloads = numbers[0]
            case ("program", 4) where words.count == 6:
                var running = Programs.Running(
                    settings: ProgramSettings(name: String(words[5]), command: []),
                    pid: Int32(clamping: numbers[0]),
                    startedAt: UInt64(clamping: numbers[1])
                )
                running.reloads = numbers[2]
                running.isFormer = numbers[3] == 1
                programs.append(running)
            default: break
            }
        }
    }
}

extension Master {
    /// Lets the program at `path` go on in this process, with our listeners. Comes back only with the reason why not.
    func handOver(to path: String, _ client: CInt) -> String {
        let files = options.files.flatMap { ["-f", $0] }
        do throws(SystemError) {
            let check = try Subprocess.run([path, "-c", "-q", "-W"] + files)
            guard check.status == 0 else { return "\(path) is new, and refuses the configuration: \(check.errors)" }
            var handover = Handover()
            for (address, socket) in controller.book.sockets {
                switch address.place {
                case .endpoint, .abstract: handover.listeners.append(socket)
                case .descriptor(let number): handover.named.append(number)
                // Made anew, and put in its place in one step.
                case .path: continue
                }
                if !address.namespace.isEmpty { handover.namespaces[socket] = address.namespace }
            }
            handover.commandSocket = commandSocket >= 0 ? commandSocket : nil
            handover.client = client >= 0 ? client : nil
            handover.isFollowed = !followers.isEmpty
            handover.workers = formerWorkers.map { Handover.Worker(pid: $0.pid, channel: $0.channel) }
            let channel = FileDescriptor(owning: try controller.target.duplicateChannel())
            if !workerStarts.isWaiting {
                handover.workers.append(Handover.Worker(pid: controller.target.pid, channel: channel.raw))
            }
            handover.programs = programs.running
            handover.reloads = reloads
            saveLastGood(.max)
            talk(.notice, "\(path) is new: it goes on in this process")
            return "\(handover.execute(path))"
        } catch {
            return "\(error)"
        }
    }

    /// Takes what the program before us left.
    func takeOver(_ handover: Handover) {
        formerWorkers = handover.workers.map { ($0.pid, $0.channel) }
        programs = Programs(handover.programs)
        reloads = handover.reloads
    }

    /// Our worker serves: the former one can finish, and whoever asked for all this gets the answer.
    func finishTakeOver(_ handover: Handover?, _ answer: ReloadAnswer) {
        guard let handover else { return }
        for worker in handover.workers { kill(worker.pid, SIGUSR1) }
        guard let client = handover.client else { return }
        if followers.hold(answer, for: client, needsFollower: handover.isFollowed, now: Clocks.monotonic()) {
            clients.adopt(waiting: client, at: .master)
            return
        }
        let socket = FileDescriptor(owning: client)
        _ = fcntl(client, F_SETFL, fcntl(client, F_GETFL) & ~O_NONBLOCK)
        try? UnixSocket.setTimeout(client, milliseconds: 2000)
        try? UnixSocket.send(answer.wireText, to: client)
        _ = consume socket
    }
}
