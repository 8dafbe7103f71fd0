internal import Files
internal import Glibc
internal import Syscalls

/// Which kernel state is meant: it belongs to one boot and one network namespace. What was read from another one says
/// nothing about this.
public struct KernelIdentity: Sendable, Hashable, Codable {
    /// `/proc/sys/kernel/random/boot_id`
    public var boot: String
    /// The inode of the namespace of the calling thread.
    public var namespace: UInt64

    public init(boot: String, namespace: UInt64) {
        self.boot = boot
        self.namespace = namespace
    }

    /// That of the calling thread.
    public static func read() throws -> KernelIdentity {
        let bytes = try AtomicFile.read("/proc/sys/kernel/random/boot_id", limit: 4096)
        let boot = String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
        let namespace = try AtomicFile.status("/proc/thread-self/ns/net")?.st_ino ?? 0
        return KernelIdentity(boot: boot, namespace: UInt64(namespace))
    }
}
