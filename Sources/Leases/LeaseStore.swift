public import Files
public import Syscalls

/// The leases in files of their own, so that a restart of the service, and every command, knows them. They are gone
/// after a reboot, as the addresses are.
public struct LeaseStore: Sendable {
    public static let directory = "/run/appliance-net/leases"

    public let root: Root

    public init(_ root: Root = Root()) { self.root = root }

    private func path(_ key: Leases.Key) -> String { root["\(Self.directory)/\(key.name)"] }

    /// What is known. A file that cannot be read counts as none.
    public func read() -> Leases {
        var leases = Leases()
        for key in Leases.Key.all {
            guard let text = try? AtomicFile.readText(path(key), limit: 1 << 20) else { continue }
            leases.entries[key] = LeaseFile.parse(text, key.source)
        }
        return leases
    }

    /// Makes the files say `leases`; those that are not in it are removed.
    public func write(_ leases: Leases) throws(SystemError) {
        for key in Leases.Key.all {
            if let lease = leases.entries[key] {
                try AtomicFile.makeDirectory(root[Self.directory])
                try AtomicFile.replace(path(key), with: LeaseFile.text(lease, key))
            } else if try AtomicFile.status(path(key)) != nil {
                try AtomicFile.remove(path(key))
            }
        }
    }
}
