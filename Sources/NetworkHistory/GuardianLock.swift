public import Files
public import Glibc
public import Syscalls

/// Shows that a guardian lives: it holds `/run/appliance-net/guardian` (flock) for as long as it does, and its process id
/// is in there.
public enum GuardianLock {
    public static let path = "/run/appliance-net/guardian"

    /// Takes it for as long as the result is kept; nil if another guardian has it.
    public static func take(_ root: Root) throws -> FileDescriptor? {
        let path = root[Self.path]
        try AtomicFile.makeDirectory(AtomicFile.directory(of: path))
        let file = try FileDescriptor.open(path, O_RDWR | O_CREAT, mode: 0o600)
        let raw = file.raw
        guard try syscallNonBlocking("flock \(path)", { flock(raw, LOCK_EX | LOCK_NB) }) != nil else { return nil }
        try syscall("ftruncate \(path)") { ftruncate(raw, 0) }
        try file.writeAll(Array("\(getpid())\n".utf8), path: path)
        return file
    }

    /// The process id of the guardian that lives; nil if none does.
    public static func holder(_ root: Root) throws -> pid_t? {
        let path = root[Self.path]
        guard try AtomicFile.status(path) != nil else { return nil }
        let file = try FileDescriptor.open(path, O_RDONLY)
        let raw = file.raw
        if try syscallNonBlocking("flock \(path)", { flock(raw, LOCK_SH | LOCK_NB) }) != nil { return nil }
        let text = String(decoding: try file.readToEnd(limit: 64, path: path), as: UTF8.self)
        return pid_t(text.prefix { $0.isNumber }) ?? 0
    }

    /// Lets a guardian that was left behind go its way: it keeps its lock, but on a file that has no name any more, and
    /// the next guardian has a file of its own. To be called where no try is open, so that none is guarded.
    static func passOver(_ root: Root) throws {
        if try holder(root) != nil { try AtomicFile.remove(root[path]) }
    }
}
