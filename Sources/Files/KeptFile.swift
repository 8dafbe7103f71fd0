internal import Glibc
public import Syscalls

/// A second name of a file, under which its content stays while another one takes its place: nothing is read or written,
/// however long it is.
public struct KeptFile: Sendable {
    /// The file, links followed.
    public let path: String
    private let temporary: String

    public init(_ path: String) throws(SystemError) {
        let path = AtomicFile.resolved(path)
        let temporary = AtomicFile.temporaryName(beside: path)
        self.path = path
        self.temporary = temporary
        do throws(SystemError) {
            try syscall("link \(temporary) to \(path)") { link(path, temporary) }
        } catch  where error.code == EPERM || error.code == EMLINK {
            // A file system that has no links.
            try AtomicFile.replace(temporary, with: try AtomicFile.read(path), mode: 0o600, followsLinks: false)
        }
    }

    /// Puts the file in its place again, durably.
    public func bringBack() throws(SystemError) {
        try syscall("rename \(temporary) to \(path)") { rename(temporary, path) }
        try AtomicFile.syncDirectory(of: path)
    }

    /// It is needed no more.
    public func discard() { unlink(temporary) }
}
