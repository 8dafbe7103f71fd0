public import Files
internal import Glibc
internal import NetworkFiles
internal import PKI
public import Syscalls

/// Which files make an appliance this one, and what they are now.
public enum ApplianceFiles {
    /// Where our own state of recovery is: what was restored, the passphrase.
    public static let stateDirectory = "/var/lib/appliance-net/recovery"
    /// Where the text that was last made from the properties is kept, file by file.
    public static let derivedDirectory = "/var/lib/appliance-net/derived"
    /// The properties that the appliance was made of.
    public static let properties = stateDirectory + "/properties.json"
    /// Those of the appliance that it was rebuilt from.
    public static let formerProperties = stateDirectory + "/former-properties.json"
    /// Says that, and from where, it was rebuilt: it is done once.
    public static let rebuildMarker = stateDirectory + "/rebuilt.json"
    public static let proxyConfiguration = "/etc/haproxy/haproxy.cfg"
    /// The API's flags.
    public static let dataPlaneConfiguration = "/etc/haproxy/dataplaneapi.cfg"
    /// The versions of haproxy.cfg.
    static let proxyHistory = proxyConfiguration + ".history"

    /// Files that are restored as they are here, or as missing.
    static let singles = [
        RouteTablesFile.path, AnyIPRoutesFile.path, WorkloadNetworksFile.path,
        "/etc/ssh/sshd_config.d/10-appliance-net.conf", "/root/.ssh/authorized_keys",
    ]
    /// Everything in them.
    static let directories = [
        "/etc/appliance-net", PKIPaths.proxyDirectory, PKIPaths.directory, derivedDirectory,
        "/var/lib/appliance-net/generations", stateDirectory,
    ]
    /// Records of what was done to this machine and to no other: not in bundles, and not restored from older ones. What
    /// they speak of, such as root's password in /etc/shadow, is in no bundle either.
    public static let ofThisMachine: Set<String> = [
        derivedDirectory + "/root-password", derivedDirectory + "/finished", derivedDirectory + "/management-only",
    ]
    /// What the properties of a machine said, and what was made of them. A new machine takes over another one's; for one
    /// that has its own, another's would be a change of its properties, which its next boot would follow.
    static let ofTheProperties: Set<String> = [derivedDirectory, properties, formerProperties, rebuildMarker]
    /// sshd's keys: clients know the appliance by them.
    static let hostKeys = "/etc/ssh"
    /// What the API stores beside haproxy.cfg.
    static let stored = ["maps", "ssl", "general"].map { PKIPaths.proxyDirectory + "/" + $0 }

    /// Most bytes of old versions of haproxy.cfg.
    static let largestHistory = 16 << 20
    /// So many files are no appliance's.
    static let mostFiles = 20000

    /// Reads all of it.
    ///
    /// - Parameters:
    ///   - including: Further files and directories.
    ///   - history: Whether also what was before: generations of the network, versions of haproxy.cfg.
    /// - Throws: `SystemError`; EFBIG for files larger than 64 MiB, E2BIG for too many.
    public static func collect(
        _ root: Root,
        including others: [String] = [],
        history: Bool = true
    ) throws(SystemError) -> FileSet {
        let accounts = Accounts(root)
        var files = FileSet()
        for path in singles {
            files[path] = try SavedFile.read(root, path, accounts) ?? SavedFile(path, .absent)
        }
        for directory in directories where history || !directory.hasSuffix("/generations") {
            try add(directory, root, accounts, to: &files)
        }
        for name in try names(root[hostKeys]) where name.hasPrefix("ssh_host_") {
            let path = hostKeys + "/" + name
            files[path] = try SavedFile.read(root, path, accounts)
        }
        for path in others { try add(path, root, accounts, to: &files) }
        if history { try addVersions(root, accounts, to: &files) }
        return files
    }

    /// What somebody has sorted, with what is in it; sockets, locks and what writers have not finished are left out.
    private static func add(
        _ path: String,
        _ root: Root,
        _ accounts: Accounts,
        to files: inout FileSet
    ) throws(SystemError) {
        guard path != proxyHistory, !ofThisMachine.contains(path),
            var file = try SavedFile.read(root, path, accounts)
        else { return }
        if file.kind == .link, let content = try foreign(path, root) {
            // What an admin keeps elsewhere would be a link to nowhere on another machine.
            file = SavedFile(path, .file, content, mode: 0o600)
        }
        guard files.files.count < mostFiles else { throw SystemError(code: E2BIG, operation: "read \(path)") }
        files[path] = file
        guard file.kind == .directory else { return }
        for name in try names(root[path]) { try add(path + "/" + name, root, accounts, to: &files) }
    }

    /// The content of a file that a link leads to, out of what is read anyway; nil for other links.
    private static func foreign(_ path: String, _ root: Root) throws(SystemError) -> [UInt8]? {
        guard let place = try root.resolve(path), !directories.contains(where: { place.hasPrefix($0 + "/") }),
            let status = try root.status(ofLink: place), status.st_mode & S_IFMT == S_IFREG
        else { return nil }
        return try root.read(place, limit: SavedFile.limit)
    }

    /// The newest versions of haproxy.cfg, as many as there is room for.
    private static func addVersions(_ root: Root, _ accounts: Accounts, to files: inout FileSet) throws(SystemError) {
        guard let directory = try SavedFile.read(root, proxyHistory, accounts), directory.kind == .directory else {
            return
        }
        files[proxyHistory] = directory
        var room = largestHistory
        let versions = try names(root[proxyHistory]).compactMap { name in
            name.split(separator: "-").first.flatMap { Int($0) }.map { (version: $0, name: name) }
        }
        for (_, name) in versions.sorted(by: { ($0.version, $0.name) > ($1.version, $1.name) }) {
            guard !name.hasSuffix(".pending"),
                let file = try SavedFile.read(root, proxyHistory + "/" + name, accounts, dated: true)
            else { continue }
            room -= file.content.count
            if room < 0 { return }
            files[file.path] = file
        }
    }

    private static func names(_ directory: String) throws(SystemError) -> [String] {
        do throws(SystemError) {
            return try AtomicFile.names(in: directory).filter { !$0.hasPrefix(".") }.sorted()
        } catch  where error.code == ENOENT {
            return []
        }
    }
}
