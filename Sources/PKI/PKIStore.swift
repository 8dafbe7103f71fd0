public import Addresses
public import Files
public import FoundationEssentials
public import Glibc
internal import Syscalls
internal import X509

/// The CA and the server certificate on disk.
///
/// Not safe against a second run at the same time: the caller holds the lock of first boot or of apply.
public struct PKIStore: Sendable {
    /// Who reads the server's key; nil keeps the owner of an existing file, or makes it ours.
    public struct Owner: Sendable, Hashable {
        public var user: uid_t?
        public var group: gid_t?

        public init(user: uid_t? = nil, group: gid_t? = nil) {
            self.user = user
            self.group = group
        }
    }

    /// What ``ensure(names:addresses:ca:serverKeyOwner:now:)`` found and did.
    public struct Outcome: Sendable {
        public struct File: Sendable, Hashable {
            /// As seen from inside the root: `/etc/haproxy/ca.crt`.
            public var path: String
            public var outcome: AtomicFile.Outcome
        }

        /// In the order of writing.
        public var files: [File]
        public var authority: CertificateAuthority
        public var server: ServerCertificate
        /// Why the server certificate was issued; nil if it was kept.
        public var issued: IssueReason?

        /// Whether anything on disk is different from before.
        public var isChanged: Bool { files.contains { $0.outcome != .unchanged } }
    }

    let root: Root

    public init(root: Root) { self.root = root }

    /// Makes sure that CA and server certificate are there and right. A second run changes nothing.
    ///
    /// An existing CA is kept. The server certificate is kept while the CA signed it, its names are exactly those
    /// wanted, its key belongs to it and two thirds of its life have not passed; otherwise it is issued anew under the
    /// same CA, with the same key unless age is the reason.
    ///
    /// Keys are written before certificates, so a power cut leaves a key without its certificate, never the reverse:
    /// the next run makes the certificate for that key.
    ///
    /// - Parameters:
    ///   - names: DNS names of the appliance, the host name first; `localhost` is added.
    ///   - addresses: Every interface's address; 127.0.0.1 is added.
    ///   - provided: A CA out of the properties (``PEMIntake``); replaces the one on disk if it differs.
    ///   - serverKeyOwner: The Data Plane API's user, which reads the server's key.
    ///   - now: The time.
    /// - Throws: ``PKIError`` if what is on disk cannot be used; it is never thrown away. `SystemError` for files.
    public func ensure(
        names: [String],
        addresses: [IPAddress],
        ca provided: CertificateAuthority?,
        serverKeyOwner: Owner = Owner(),
        now: Date
    ) throws -> Outcome {
        let serverNames = try ServerNames(names: names, addresses: addresses)
        let ca = try caPlan(provided: provided, hostName: serverNames.commonName, now: now)
        let server = try serverPlan(authority: ca.authority, names: serverNames, now: now)

        try makeDirectories()
        var files: [Outcome.File] = []
        func write(_ path: String, _ bytes: [UInt8], _ mode: mode_t, _ owner: Owner = Owner()) throws {
            let outcome = try AtomicFile.replace(
                root[path],
                with: bytes,
                mode: mode,
                owner: owner.user,
                group: owner.group
            )
            files.append(Outcome.File(path: path, outcome: outcome))
        }
        try write(PKIPaths.caKey, ca.key, 0o600)
        let link = try AtomicFile.replaceLink(root[PKIPaths.caKeyLink], target: PKIPaths.caKeyLinkTarget)
        files.append(Outcome.File(path: PKIPaths.caKeyLink, outcome: link))
        try write(PKIPaths.caCertificate, ca.certificate, 0o644)
        try write(PKIPaths.serverKey, server.key, 0o600, serverKeyOwner)
        try write(PKIPaths.serverCertificate, Array(server.server.certificatePEM.utf8), 0o644)
        return Outcome(files: files, authority: ca.authority, server: server.server, issued: server.reason)
    }

    /// SHA-256 of the CA certificate on disk, as `openssl x509 -fingerprint -sha256` prints it; nil if there is none.
    /// Needs no access to the key.
    public func fingerprint() throws -> String? {
        guard let text = try read(PKIPaths.caCertificate) else { return nil }
        var problems: [PKIError.Problem] = []
        let certificates = PEMIntake.certificates(in: .file(PKIPaths.caCertificate, text), &problems)
        guard let certificate = certificates.first else { throw PKIError(problems) }
        return certificate.fingerprint
    }

    /// The CA on disk; nil if there is neither certificate nor key.
    ///
    /// - Throws: ``PKIError`` if they cannot be used.
    public func authority(now: Date) throws -> CertificateAuthority? {
        let certificate = try read(PKIPaths.caCertificate)
        let key = try read(PKIPaths.caKey)
        if certificate == nil, key == nil { return nil }
        return try PEMIntake.authority(
            certificate: .file(PKIPaths.caCertificate, certificate ?? ""),
            key: .file(PKIPaths.caKey, key ?? ""),
            now: now
        )
    }

    /// A file's text, nil if it is not there.
    func read(_ path: String) throws(SystemError) -> String? {
        try AtomicFile.readText(root[path], limit: 1 << 20)
    }

    private func makeDirectories() throws(SystemError) {
        for path in [
            PKIPaths.directory, PKIPaths.caKey, PKIPaths.proxyDirectory, PKIPaths.caCertificate,
            PKIPaths.serverCertificate, PKIPaths.serverKey,
        ] {
            try root.confine(path)
        }
        try AtomicFile.makeDirectory(root[PKIPaths.proxyDirectory])
        let directory = root[PKIPaths.directory]
        try AtomicFile.makeDirectory(directory, mode: 0o700)
        guard let status = try AtomicFile.status(directory), status.st_mode & 0o7777 != 0o700 else { return }
        try syscall("chmod \(directory)") { chmod(directory, 0o700) }
    }
}
