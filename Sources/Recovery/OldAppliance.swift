public import Files
internal import Glibc
internal import NetworkFiles
internal import PKI

/// The appliance that we succeed, release 0.2.0, as its `/` was: what of it becomes ours.
public struct OldAppliance {
    /// Most bytes of a file; the largest is haproxy.cfg.
    static let largestFile = 16 << 20

    private let root: Root

    public init(_ root: Root) { self.root = root }

    /// CA and its key, server certificate, users, services, routes and ranges; nil where there is no such appliance.
    ///
    /// Its network settings are in nobody's files: those of the appliance that takes over stay. Keys get the modes that
    /// they should have had, and the CA's key goes where ours is.
    public func files() throws -> FileSet? {
        guard try AtomicFile.status(root[RouteTablesFile.path]) != nil,
            try AtomicFile.status(root[ApplianceFiles.proxyConfiguration]) != nil
        else { return nil }
        var files = FileSet()
        func take(_ path: String, as target: String? = nil, mode: mode_t, group: String = "root") throws {
            // Links of its own lead to files of its own.
            guard let content = try root.read(path, limit: Self.largestFile) else { return }
            let target = target ?? path
            files[target] = SavedFile(target, .file, content, mode: mode, group: group)
        }
        for path in [RouteTablesFile.path, AnyIPRoutesFile.path, WorkloadNetworksFile.path] {
            try take(path, mode: 0o644)
        }
        files[PKIPaths.directory] = SavedFile(PKIPaths.directory, .directory, mode: 0o700)
        try take(PKIPaths.caKeyLink, as: PKIPaths.caKey, mode: 0o600)
        if files[PKIPaths.caKey] != nil {
            let target = Array(PKIPaths.caKeyLinkTarget.utf8)
            files[PKIPaths.caKeyLink] = SavedFile(PKIPaths.caKeyLink, .link, target, mode: 0o777)
        }
        try take(PKIPaths.caCertificate, mode: 0o644)
        try take(PKIPaths.serverCertificate, mode: 0o644)
        try take(PKIPaths.serverKey, mode: 0o600)
        try take(ApplianceFiles.proxyConfiguration, mode: 0o640, group: "haproxy")
        for name in (try? AtomicFile.names(in: root[ApplianceFiles.hostKeys]).sorted()) ?? []
        where name.hasPrefix("ssh_host_") {
            let path = ApplianceFiles.hostKeys + "/" + name
            try take(path, mode: name.hasSuffix(".pub") ? 0o644 : 0o600)
        }
        return files
    }
}
