internal import CLinux
internal import Glibc
internal import ProxyEngine
internal import Syscalls

/// The master's end of a worker.
final class WorkerLink: SnapshotTarget {
    let pid: pid_t
    private let channel: Channel

    /// Starts this very program again as a worker.
    init(_ process: ProcessSettings, _ settings: EngineSettings) throws(SystemError) {
        var pair: [CInt] = [-1, -1]
        let type = CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue)
        try syscall("make a channel") { socketpair(AF_UNIX, type, 0, &pair) }
        channel = Channel(owning: pair[0])
        let theirs = FileDescriptor(owning: pair[1])
        pid = try Self.spawn(theirs.raw)
        _ = consume theirs
        try channel.send(ChannelMessage(kind: .setup, bytes: process.encoded(settings)))
        try waitUntilDone()
    }

    func serve(_ snapshot: ProxySnapshot, fresh: [ListenAddress: CInt]) throws(SystemError) {
        let addresses = fresh.keys.sorted()
        let payload = ServePayload(addresses: addresses, snapshot: snapshot)
        try channel.send(
            ChannelMessage(kind: .serve, bytes: payload.encoded(), descriptors: addresses.compactMap { fresh[$0] })
        )
        try waitUntilDone()
    }

    private func waitUntilDone() throws(SystemError) {
        guard let answer = try channel.receive(), answer.kind == .done else {
            throw SystemError(code: ECONNRESET, operation: "speak to worker \(pid)")
        }
    }

    /// fork(2) is not for a program with threads; posix_spawn(3) of /proc/self/exe is.
    private static func spawn(_ channel: CInt) throws(SystemError) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        let inherited: CInt = 3
        posix_spawn_file_actions_adddup2(&actions, channel, inherited)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))

        var arguments: [UnsafeMutablePointer<CChar>?] = [strdup(CommandLine.arguments.first ?? "haproxy"), nil]
        var environment: [UnsafeMutablePointer<CChar>?] = [strdup("\(WorkerProcess.variable)=\(inherited)")]
        var pointer = environ
        while let entry = pointer.pointee {
            environment.append(strdup(entry))
            pointer += 1
        }
        environment.append(nil)
        defer {
            for text in arguments { free(text) }
            for text in environment { free(text) }
        }
        var pid: pid_t = 0
        let code = posix_spawn(&pid, "/proc/self/exe", &actions, &attributes, &arguments, &environment)
        if code != 0 { throw SystemError(code: code, operation: "start a worker") }
        return pid
    }
}
