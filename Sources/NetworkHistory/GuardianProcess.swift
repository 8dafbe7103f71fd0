internal import CLinux
public import Files
internal import Glibc
public import Syscalls

/// The guardian as its parent sees it.
public struct GuardianProcess: ~Copyable {
    /// Ends when the guardian does.
    public let ending: FileDescriptor
    /// The guardian notices when this is closed.
    private let lifeline: FileDescriptor

    /// Starts `arguments` as a guardian, with the try and the root added, and waits until it guards.
    ///
    /// It gets a session of its own: it is not hung up on when SSH is.
    ///
    /// - Parameters:
    ///   - program: The path of the program; this very one, unless told otherwise.
    ///   - arguments: What comes before `--id`, `--token` and `--root`.
    ///   - checkpoint: The try, as it is on disk.
    public static func start(
        program: String = "/proc/self/exe",
        arguments: [String] = ["appliance-net", "guardian"],
        for checkpoint: Checkpoint,
        root: Root
    ) throws -> GuardianProcess {
        var lifeline: [CInt] = [-1, -1]
        var ready: [CInt] = [-1, -1]
        try syscall("pipe for the guardian") { clinux_pipe(&lifeline, O_CLOEXEC) }
        let lifelineEnd = FileDescriptor(owning: lifeline[0])
        let lifelineStart = FileDescriptor(owning: lifeline[1])
        try syscall("pipe for the guardian") { clinux_pipe(&ready, O_CLOEXEC) }
        let readyEnd = FileDescriptor(owning: ready[0])
        let readyStart = FileDescriptor(owning: ready[1])

        let words =
            arguments + ["--id", String(checkpoint.generation.id), "--token", String(checkpoint.token)]
            + ["--root", root.prefix.isEmpty ? "/" : root.prefix]
        var argv: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        defer { for pointer in argv { free(pointer) } }
        let code = clinux_spawn_session(program, &argv, lifelineEnd.raw, readyStart.raw)
        if code != 0 { throw SystemError(code: code, operation: "start the guardian (\(program))") }
        _ = consume lifelineEnd
        _ = consume readyStart

        var byte: UInt8 = 0
        let raw = readyEnd.raw
        guard try syscall("wait for the guardian", { read(raw, &byte, 1) }) == 1 else {
            throw HistoryError.noGuardian
        }
        return GuardianProcess(ending: readyEnd, lifeline: lifelineStart)
    }
}
