public import Files

/// What `firstboot --force` leaves for one that waits for the predecessor's end: it waits no longer.
public enum ForcedBoot {
    static let path = "/run/appliance-net/firstboot.force"

    public static func begin(_ root: Root) throws {
        try AtomicFile.makeDirectory(AtomicFile.directory(of: root[path]))
        try AtomicFile.replace(root[path], with: "", mode: 0o600)
    }

    public static func end(_ root: Root) throws { try AtomicFile.remove(root[path]) }

    static func isWanted(_ root: Root) -> Bool { ((try? AtomicFile.status(root[path])) ?? nil) != nil }
}
