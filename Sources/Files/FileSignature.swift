public import Glibc

/// Cheap marks of a file's content: as long as they are the same, nobody has written it.
///
/// File times are coarser than two writes can be apart, so a young time proves nothing; ``PreparedFile`` gives its files
/// a time that is a little older than they are, and theirs do.
public struct FileSignature: Sendable, Hashable {
    public var device: UInt64
    public var inode: UInt64
    public var size: Int
    /// When the content was last written, in seconds since 1970.
    public var seconds: Int
    public var nanoseconds: Int

    public init(_ status: stat) {
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        size = Int(status.st_size)
        seconds = status.st_mtim.tv_sec
        nanoseconds = status.st_mtim.tv_nsec
    }

    /// The same file, whatever is in it now.
    public func isSameFile(as other: FileSignature) -> Bool { device == other.device && inode == other.inode }
}
