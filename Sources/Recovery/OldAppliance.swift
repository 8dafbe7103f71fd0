public import Files
internal import Glibc
internal import NetworkFiles
internal import PKI
internal import ProxyConfig

/// The appliance that we succeed, release 0.2.0, as its `/` was: what of it becomes ours.
public struct OldAppliance {
    /// Most bytes of a file; the largest is haproxy.cfg.
    static let largestFile = 16 << 20

    private let root: Root

    public init(_ root: Root) { self.root = root }

    /// What becomes ours of it.
    public struct Taken {
        public internal(set) var files: FileSet
        /// What is not taken, each with the reason.
        public internal(set) var notes: [String]
        /// How its API was started; nil where that is in no file.
        let dataPlane: OldDataPlane?

        /// What of the API's settings becomes those of the appliance that takes over.
        ///
        /// - Parameter own: Its file of them.
        /// - Returns: What is not taken, each with the reason.
        public mutating func mergeDataPlane(into own: String) -> [String] {
            guard let dataPlane else { return [] }
            let proxy = ConfigurationFile(files.text(ApplianceFiles.proxyConfiguration) ?? "", file: "")
            let userlists = Set(proxy.sections.filter { $0.kind == "userlist" }.compactMap { $0.name })
            let merged = dataPlane.merged(into: own, userlists: userlists)
            let path = ApplianceFiles.dataPlaneConfiguration
            files[path] = SavedFile(path, .file, Array(merged.text.utf8), mode: 0o644)
            return merged.notes
        }
    }

    /// The same for an appliance that is configured already, with what of the API's settings becomes its own.
    ///
    /// - Returns: The files, and what is not taken, each with the reason.
    public func files(for own: Root) throws -> (files: FileSet, notes: [String])? {
        guard var taken = try taken() else { return nil }
        if let text = try AtomicFile.readText(own[ApplianceFiles.dataPlaneConfiguration], limit: 1 << 20) {
            taken.notes += taken.mergeDataPlane(into: text)
        }
        return (taken.files, taken.notes)
    }

    /// CA and its key, server certificate, users, services with what is stored for them, routes and ranges, and what is
    /// not taken, for an appliance whose own settings are not there yet; nil where there is no such appliance.
    ///
    /// Its network settings are in nobody's files: those of the appliance that takes over stay. Keys get the modes that
    /// they should have had, and the CA's key goes where ours is.
    public func taken() throws -> Taken? {
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
        let notes = settleServer(&files)
        try take(ApplianceFiles.proxyConfiguration, mode: 0o640, group: "haproxy")
        for (directory, name) in names(ApplianceFiles.stored) {
            let isSecret = directory.hasSuffix("/ssl")
            files[directory] = SavedFile(directory, .directory, mode: isSecret ? 0o700 : 0o755)
            try take(directory + "/" + name, mode: isSecret ? 0o600 : 0o644)
        }
        for (directory, name) in names([ApplianceFiles.hostKeys]) where name.hasPrefix("ssh_host_") {
            try take(directory + "/" + name, mode: name.hasSuffix(".pub") ? 0o644 : 0o600)
        }
        try files.addOldProperties()
        let dataPlane = try root.read(ApplianceFiles.dataPlaneConfiguration, limit: 1 << 20)
        return Taken(
            files: files,
            notes: notes,
            dataPlane: dataPlane.map { OldDataPlane(String(decoding: $0, as: UTF8.self)) }
        )
    }

    /// The files in directories.
    private func names(_ directories: [String]) -> [(directory: String, name: String)] {
        directories.flatMap { directory in
            let names = (try? AtomicFile.names(in: root[directory]).sorted()) ?? []
            return names.filter { name in
                guard !name.hasPrefix("."), let status = try? root.status(ofLink: directory + "/" + name) else {
                    return false
                }
                return status.st_mode & S_IFMT == S_IFREG
            }.map { (directory, $0) }
        }
    }

    /// A server certificate that the CA has not signed is one that an admin had put there: it stays, and is marked as such.
    /// One that cannot be used is left out, and first boot issues another under the CA.
    ///
    /// - Returns: Why it is not taken.
    private func settleServer(_ files: inout FileSet) -> [String] {
        guard let certificate = files.text(PKIPaths.serverCertificate) else { return [] }
        do throws(PKIError) {
            // Its dates are not asked: the clock of a machine that is being made may be anything.
            let server = try PEMIntake.server(
                certificate: .given(PKIPaths.serverCertificate, certificate),
                key: .given(PKIPaths.serverKey, files.text(PKIPaths.serverKey) ?? ""),
                now: nil
            )
            let authority = try PEMIntake.authority(
                certificate: .given(PKIPaths.caCertificate, files.text(PKIPaths.caCertificate) ?? ""),
                key: .given(PKIPaths.caKey, files.text(PKIPaths.caKey) ?? ""),
                now: nil
            )
            if !server.isSigned(by: authority) {
                let mark = Array((server.fingerprint + "\n").utf8)
                files[PKIPaths.providedServer] = SavedFile(PKIPaths.providedServer, .file, mark, mode: 0o644)
            }
            return []
        } catch {
            // What is wrong with the CA is told by the check of all files.
            let mine = error.problems.filter { [PKIPaths.serverCertificate, PKIPaths.serverKey].contains($0.subject) }
            if mine.isEmpty { return [] }
            files[PKIPaths.serverCertificate] = nil
            files[PKIPaths.serverKey] = nil
            return mine.map { "\($0.subject) is not taken: \($0.message); the CA signs another" }
        }
    }
}
