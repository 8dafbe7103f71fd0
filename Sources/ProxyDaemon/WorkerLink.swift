internal import CLinux
internal import Glibc
internal import ProxyEngine
internal import RuntimeAPI
internal import Syscalls

/// The master's end of a worker.
final class WorkerLink: SnapshotTarget {
    /// A worker that says nothing for so long hangs: milliseconds.
    static let patience: UInt64 = 60000

    let pid: pid_t
    let startedAt = Clocks.monotonic()
    private let channel: Channel
    /// Where the worker asks for statistics.
    private var statisticsLine: CInt
    /// When it was asked for a sign of life that has not come yet.
    private(set) var askedAt: UInt64?
    /// When the last one came.
    private(set) var answeredAt = Clocks.monotonic()
    /// What it serves for certain.
    private var served: EncodedSnapshot?
    /// It has not said yet that it is ready.
    private var isStarting = false
    /// Answers that are still to come. Those that nobody waited for to the end come first.
    private var owed = 0

    /// Starts this very program again as a worker.
    init(_ process: ProcessSettings, _ settings: EngineSettings) throws(SystemError) {
        var pair: [CInt] = [-1, -1]
        let type = CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue)
        try syscall("make a channel") { socketpair(AF_UNIX, type, 0, &pair) }
        channel = Channel(owning: pair[0])
        let theirs = FileDescriptor(owning: pair[1])
        let line = try StatisticsLine()
        statisticsLine = line.answering
        pid = try Self.spawn(theirs.raw)
        _ = consume theirs
        try UnixSocket.setTimeout(channel.socket.raw, milliseconds: Int(Self.patience))
        defer { close(line.asking) }
        try send(ChannelMessage(kind: .setup, bytes: process.encoded(settings), descriptors: [line.asking]))
        isStarting = true
    }

    /// Waits until it is ready; what there is to do meanwhile is better done before.
    private func waitForStart() throws(SystemError) {
        guard isStarting else { return }
        try waitUntilDone()
        isStarting = false
    }

    deinit { if statisticsLine >= 0 { close(statisticsLine) } }

    /// The end of the statistics' line for who answers there, once.
    func takeStatisticsLine() -> CInt? {
        if statisticsLine < 0 { return nil }
        defer { statisticsLine = -1 }
        return statisticsLine
    }

    /// Readable when a sign of life has come, or the worker has gone.
    var descriptor: CInt { channel.socket.raw }

    /// Asks for a sign of life; ``takeSign()`` takes it when it comes.
    func askForSign() throws(SystemError) {
        guard askedAt == nil else { return }
        try waitForStart()
        try send(ChannelMessage(kind: .beat))
        askedAt = Clocks.monotonic()
    }

    func takeSign() throws(SystemError) {
        guard askedAt != nil else { return }
        try waitUntilDone()
        askedAt = nil
        answeredAt = Clocks.monotonic()
    }

    /// Gives the channel away: the worker ends when nobody holds its other end.
    func duplicateChannel() throws(SystemError) -> CInt {
        let raw = channel.socket.raw
        return try syscall("duplicate a channel") { dup(raw) }
    }

    func serve(_ next: EncodedSnapshot, fresh: [ListenAddress: CInt]) throws(SystemError) {
        try waitForStart()
        try takeSign()
        let addresses = fresh.keys.sorted()
        let payload = ServePayload.encoded(addresses, next.edit(after: served))
        // Nobody knows what it serves if this fails half-way.
        served = nil
        try send(
            ChannelMessage(kind: .serve, bytes: payload, descriptors: addresses.compactMap { fresh[$0] })
        )
        try waitUntilDone()
        served = next
    }

    func ask(_ question: EngineQuestion) throws(SystemError) -> [UInt8] {
        try takeSign()
        try send(ChannelMessage(kind: .ask, bytes: question.encoded()))
        return try waitUntilDone()
    }

    private func send(_ message: ChannelMessage) throws(SystemError) {
        try channel.send(message)
        owed += 1
    }

    /// What the last answer says.
    @discardableResult
    private func waitUntilDone() throws(SystemError) -> [UInt8] {
        var bytes: [UInt8] = []
        while owed > 0 {
            guard let answer = try channel.receive(), answer.kind == .done else {
                throw SystemError(code: ECONNRESET, operation: "speak to worker \(pid)")
            }
            owed -= 1
            bytes = answer.bytes
        }
        return bytes
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
