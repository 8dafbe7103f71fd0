internal import CLinux
internal import Glibc
internal import Syscalls

/// What of root's power a process keeps (capabilities(7)).
struct Capabilities: OptionSet, Hashable, Sendable {
    let rawValue: UInt64

    /// Binding ports below 1024.
    static let bindService = Capabilities(rawValue: 1 << 10)
    /// Addresses that are not ours, such as the client's (`transparent`, `source … usesrc`), and interfaces.
    static let raw = Capabilities(rawValue: 1 << 13)

    /// Gives up everything else for good, the right to gain it by executing a program included.
    func keep() throws(SystemError) {
        let kept = rawValue
        try syscall("give up capabilities") { clinux_keep_capabilities(kept) }
    }
}
