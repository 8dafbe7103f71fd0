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
