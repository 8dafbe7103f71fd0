internal import Files
internal import Glibc
public import Syscalls

/// haproxy.cfg on disk: read when it has changed, written whole. Bytes that are not UTF-8 survive both ways.
public struct ConfigurationStorage: Sendable {
    public let path: String
    /// What the file was when it was last read or written.
    private var known: Signature?

    public init(path: String) { self.path = path }

    /// Cheap marks of a file's content.
    private struct Signature: Sendable, Hashable {
        var device: UInt64
        var inode: UInt64
        var size: Int
        var seconds: Int
        var nanoseconds: Int

        init(_ status: stat) {
            device = UInt64(status.st_dev)
            inode = UInt64(status.st_ino)
            size = Int(status.st_size)
            seconds = status.st_ctim.tv_sec
            nanoseconds = status.st_ctim.tv_nsec
        }
    }

    /// The file's bytes; nil if they are surely the same as the last time.
    ///
    /// - Parameter now: Seconds since 1970. A file that changed within the last two seconds is read again even if its
    ///   marks are the same: file times are coarser than two writes can be apart.
    public mutating func readIfChanged(now: Int) throws(SystemError) -> String? {
        guard let status = try AtomicFile.status(path) else {
            throw SystemError(code: ENOENT, operation: "read \(path)")
        }
        let signature = Signature(status)
        if signature == known, signature.seconds < now - 2 { return nil }
        let bytes = try AtomicFile.read(path)
        known = signature
        return EscapedBytes.text(bytes)
    }

    /// Writes the file durably; owner, group and mode stay.
    public mutating func write(_ text: String) throws(SystemError) {
        let status = try AtomicFile.status(path)
        // Marks taken afterwards could be those of somebody's edit right behind us: the next request reads the file.
        known = nil
        try AtomicFile.replace(path, with: EscapedBytes.bytes(text), mode: (status?.st_mode ?? 0o640) & 0o7777)
    }
}
