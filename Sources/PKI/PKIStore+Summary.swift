public import FoundationEssentials
internal import X509

extension PKIStore {
    /// What the certificates on disk say of themselves; no key is read.
    public struct Summary: Sendable, Hashable {
        /// Of the CA, as `openssl x509 -fingerprint -sha256` prints it.
        public var fingerprint: String
        public var authorityExpires: Date
        /// nil if there is no server certificate that can be read.
        public var serverExpires: Date?
    }

    /// - Returns: nil where there is no CA certificate that can be read.
    public func summary() throws -> Summary? {
        var ignored: [PKIError.Problem] = []
        func first(_ path: String) throws -> EncodedCertificate? {
            guard let text = try read(path) else { return nil }
            return PEMIntake.certificates(in: .file(path, text), &ignored).first
        }
        guard let authority = try first(PKIPaths.caCertificate) else { return nil }
        return Summary(
            fingerprint: authority.fingerprint,
            authorityExpires: authority.certificate.notValidAfter,
            serverExpires: try first(PKIPaths.serverCertificate)?.certificate.notValidAfter
        )
    }
}
