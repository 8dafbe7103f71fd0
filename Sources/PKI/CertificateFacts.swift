public import Addresses
public import FoundationEssentials
internal import X509

/// What there is to say of a certificate.
public struct CertificateFacts: Sendable, Hashable {
    public var subject: String
    public var issuer: String
    /// SHA-256, as `openssl x509 -fingerprint -sha256` prints it: `3A:0F:…`.
    public var fingerprint: String
    public var notBefore: Date
    public var notAfter: Date
    /// `P-256`, `RSA 2048`.
    public var key: String
    public var names: [String]
    public var addresses: [IPAddress]

    init(_ certificate: EncodedCertificate) {
        let fields = certificate.certificate
        subject = fields.subject.description
        issuer = fields.issuer.description
        fingerprint = certificate.fingerprint
        notBefore = fields.notValidBefore
        notAfter = fields.notValidAfter
        key = fields.publicKey.words
        (names, addresses) = ServerNames.names(of: fields)
    }
}
