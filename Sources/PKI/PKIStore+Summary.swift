internal import X509

extension PKIStore {
    /// What the certificates on disk say of themselves; no key is read.
    public struct Summary: Sendable, Hashable {
        /// The CA that signs.
        public var authority: CertificateFacts
        /// nil if there is no server certificate that can be read.
        public var server: CertificateFacts?
    }

    /// The fingerprints of the certificates in a text such as `ca.crt`; none of what cannot be read.
    public static func fingerprints(of pem: String) -> [String] {
        var ignored: [PKIError.Problem] = []
        return PEMIntake.certificates(in: .file(PKIPaths.caCertificate, pem), &ignored).map { $0.fingerprint }
    }

    /// Whether clients that trust only the second CA accept what the first one signs, as the second one vouches for it.
    ///
    /// - Parameters:
    ///   - authority: The content of `ca.crt`.
    ///   - next: The content of `next.crt`.
    public static func isNextEnough(authority: String, next: String) -> Bool {
        var ignored: [PKIError.Problem] = []
        let kept = PEMIntake.certificates(in: .file(PKIPaths.nextCertificate, next), &ignored)
        guard let second = kept.first,
            let own = PEMIntake.certificates(in: .file(PKIPaths.caCertificate, authority), &ignored).first
        else { return false }
        // Of a CA below others, which comes first, clients go no other way.
        return own.isSelfSigned
            && kept.dropFirst().contains {
                $0.certificate.publicKey == own.certificate.publicKey && $0.isSigned(by: second)
            }
    }

    /// Waits for nobody.
    ///
    /// - Returns: nil where there is no CA certificate that can be read.
    public func summary() throws -> Summary? {
        var ignored: [PKIError.Problem] = []
        func first(_ path: String) throws -> CertificateFacts? {
            guard let text = try read(path) else { return nil }
            return PEMIntake.certificates(in: .file(path, text), &ignored).first.map { CertificateFacts($0) }
        }
        guard let authority = try first(PKIPaths.caCertificate) else { return nil }
        return Summary(authority: authority, server: try first(PKIPaths.serverCertificate))
    }
}
