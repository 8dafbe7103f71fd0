internal import Addresses
public import FoundationEssentials
internal import X509

extension PKIStore {
    /// How CA and server certificate stand.
    public struct Examination: Sendable {
        public var authority: CertificateFacts
        /// The CA that is to come, while there are two.
        public var next: CertificateFacts?
        /// Everything in `ca.crt`: what clients that were given it trust.
        public var trust: [CertificateFacts]
        /// What is wrong with `ca.crt` while there are two CAs: it lacks one of them. nil if nothing is.
        public var publication: PKIError.Problem?
        /// The server certificate on disk; nil if there is none that can be read.
        public var server: CertificateFacts?
        /// Whether an admin provided it.
        public var isServerProvided: Bool
        /// When it is renewed; nil if it is not by itself.
        public var renewal: Date?
        /// Why it must be issued anew; nil if it is right.
        public var reason: IssueReason?
        /// What is not as it should be with a certificate that an admin provided, and nobody but him can mend.
        public var remarks: [PKIError.Problem]

        /// What somebody has to do something about, beside issuing the certificate anew.
        public var problems: [PKIError.Problem] { (publication.map { [$0] } ?? []) + remarks }
    }

    /// Looks at what ``ensure(_:)`` would do, and writes nothing.
    ///
    /// - Returns: nil where there is no CA.
    /// - Throws: ``PKIError`` if the CA on disk cannot be used; `BusyError`; `SystemError` for files.
    public func examine(_ request: CertificateRequest) throws -> Examination? {
        guard try hasAuthority else { return nil }
        let files = try alone { try self.files() }
        var planner = PKIPlanner(files, request)
        let plan = try planner.plan()
        let present = ServerPlanner(files, request).present.first
        let ownEnd = plan.authority.notValidAfter
        return Examination(
            authority: CertificateFacts(plan.authority.certificate),
            next: plan.next.map { CertificateFacts($0.certificate) },
            trust: planner.published.map { CertificateFacts($0) },
            publication: plan.publication,
            server: present.map { CertificateFacts($0) },
            isServerProvided: plan.isServerProvided,
            // One that ends with its CA is not renewed: a new one would not live longer.
            renewal: plan.isServerProvided || plan.server.notValidAfter >= ownEnd ? nil : plan.server.renewalDate,
            reason: plan.reason,
            remarks: plan.isServerProvided ? PEMIntake.remarks(plan.server, request.names, now: request.now) : []
        )
    }

    /// Whether there is a CA, whatever can be said of it.
    public var hasAuthority: Bool {
        get throws {
            // While there are two CAs, a copy of its certificate is with the second one.
            if try read(PKIPaths.caCertificate) != nil { return true }
            return try read(PKIPaths.nextCertificate) != nil && read(PKIPaths.caKey) != nil
        }
    }

    /// Whether there is a CA that can be used. Nothing is issued to find out.
    ///
    /// - Throws: ``PKIError`` that says why the one on disk cannot be used; `BusyError`; `SystemError` for files.
    public func hasUsableAuthority(_ request: CertificateRequest) throws -> Bool {
        guard try hasAuthority else { return false }
        return try PKIPlanner(try alone { try files() }, request).present() != nil
    }

    /// What clients should trust: the content of `ca.crt`, and the SHA-256 fingerprints of its certificates, the CA's
    /// first, as `openssl x509 -fingerprint -sha256` prints them; nil if there is none. Needs no access to a key.
    public func trust() throws -> (pem: String, fingerprints: [String])? {
        guard let text = try read(PKIPaths.caCertificate) else { return nil }
        var problems: [PKIError.Problem] = []
        let certificates = PEMIntake.certificates(in: .file(PKIPaths.caCertificate, text), &problems)
        guard !certificates.isEmpty else { throw PKIError(problems) }
        return (certificates.pem, certificates.map { $0.fingerprint })
    }

    /// SHA-256 of the CA certificate on disk, the first of ``trust()``.
    public func fingerprint() throws -> String? { try trust()?.fingerprints.first }

    /// The server certificate on disk with what goes with it, as PEM; nil if there is none.
    public func serverCertificate() throws -> String? { try read(PKIPaths.serverCertificate) }

    /// Issues a certificate for a client of the API. Where there are two CAs the one that is to come signs it, which is
    /// trusted now and later.
    public func issueClient(name: String, _ request: CertificateRequest) throws -> ServerCertificate {
        var planner = PKIPlanner(try alone { try self.files() }, request)
        let plan = try planner.plan()
        let keyType = request.keyType ?? .usual
        return try (plan.next ?? plan.authority).issueClient(name: name, keyType: keyType, now: request.now.time)
    }
}
