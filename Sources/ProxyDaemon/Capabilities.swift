internal import CLinux
internal import Glibc
internal import ProxyEngine
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

extension ProxySnapshot {
    /// What whoever serves this needs.
    var capabilities: Capabilities {
        var result: Capabilities = []
        for index in backends.indices {
            for place in backends[index].servers.indices {
                guard let source = backends[index].servers[place].connection.source else { continue }
                if source.foreign != nil || !source.interface.isEmpty { result.insert(.raw) }
                // A client's port may be a low one, too.
                let isLow = source.ports.map { $0.lowerBound < 1024 } ?? false
                if isLow || source.foreign != nil { result.insert(.bindService) }
            }
        }
        return result
    }
}
