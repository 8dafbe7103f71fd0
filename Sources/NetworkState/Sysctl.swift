internal import Glibc
internal import Syscalls

/// A setting of one interface below `/proc/sys/net/ipv4/conf` or `/proc/sys/net/ipv6/conf`.
public struct Sysctl: Hashable, Sendable, Codable {
    /// The interface's index; its name is part of the path and may change.
    public var interface: Int
    /// `rp_filter`
    public var key: String

    /// The settings we ever look at.
    static let known = ["accept_ra", "promote_secondaries", "rp_filter"]

    /// `ipv4` or `ipv6`.
    static func family(_ key: String) -> String { key == "accept_ra" ? "ipv6" : "ipv4" }

    /// As sysctl(8) names it.
    public func name(_ interface: String) -> String { "net.\(Self.family(key)).conf.\(interface).\(key)" }

    private func path(_ interface: String) -> String {
        "/proc/sys/net/\(Self.family(key))/conf/\(interface)/\(key)"
    }

    /// nil if the kernel has no such setting, or the interface went away.
    func read(_ interface: String) throws(SystemError) -> String? {
        let path = path(interface)
        do {
            let bytes = try FileDescriptor.open(path, O_RDONLY).readToEnd(limit: 4096, path: path)
            return String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
        } catch  where error.code == ENOENT {
            return nil
        }
    }

    func write(_ value: String, _ interface: String) throws(SystemError) {
        let path = path(interface)
        try FileDescriptor.open(path, O_WRONLY).writeAll(Array(value.utf8), path: path)
    }
}
