internal import Crypto
public import FoundationEssentials
internal import SwiftASN1
internal import X509

/// The CA that signs the appliance's server certificate: its own, or one that the admin provided.
public struct CertificateAuthority: Sendable {
    let certificate: EncodedCertificate
    /// The certificates above it, its issuer first; empty for a self-signed CA.
    let chain: [EncodedCertificate]
    let key: Certificate.PrivateKey

    /// Makes a new CA: P-256, ECDSA with SHA-256, ten years, for leaves only (path length 0).
    ///
    /// - Parameters:
    ///   - hostName: Makes its name (`appliance-net CA lb-01.example.com`) tell one appliance from another.
    ///   - now: The time; validity begins 24 hours earlier.
    public static func make(hostName: String, now: Date) throws(PKIError) -> CertificateAuthority {
        try make(hostName: hostName, key: Certificate.PrivateKey(P256.Signing.PrivateKey()), now: now)
    }

    /// A new certificate for a key that is there already.
    static func make(hostName: String, key: Certificate.PrivateKey, now: Date) throws(PKIError) -> CertificateAuthority
    {
        do {
            let certificate = try CertificateTemplate.authority(
                commonName: commonName(hostName),
                key: key,
                validity: Validity(now: now, life: Validity.authority)
            )
            return CertificateAuthority(certificate: certificate, chain: [], key: key)
        } catch {
            throw PKIError("CA", "a CA certificate could not be made", remedy: "report this as a bug")
        }
    }

    /// Issues a server certificate with a new P-256 key: 397 days, or up to the CA's end if that is earlier.
    public func issue(for names: ServerNames, now: Date) throws(PKIError) -> ServerCertificate {
        try issue(for: names, key: Certificate.PrivateKey(P256.Signing.PrivateKey()), now: now)
    }

    func issue(
        for names: ServerNames,
        key serverKey: Certificate.PrivateKey,
        now: Date
    ) throws(PKIError) -> ServerCertificate {
        do {
            let leaf = try CertificateTemplate.server(
                names: names,
                publicKey: serverKey.publicKey,
                validity: Validity(now: now, life: Validity.server, limit: certificate.certificate.notValidAfter),
                issuer: certificate,
                issuerKey: key
            )
            return ServerCertificate(leaf: leaf, chain: [certificate] + chain, key: serverKey)
        } catch {
            throw PKIError(
                "CA",
                "the CA \(subject) could not sign a server certificate",
                remedy: "give a CA whose key is RSA, P-256, P-384 or P-521"
            )
        }
    }

    /// The CA's certificate and those above it, as they stand in `ca.crt`.
    public var certificatePEM: String { ([certificate] + chain).pem }

    /// SHA-256 of the CA certificate, as `openssl x509 -fingerprint -sha256` prints it: `3A:0F:…`.
    public var fingerprint: String { certificate.fingerprint }

    /// The distinguished name: `CN=appliance-net CA lb-01`.
    public var subject: String { certificate.certificate.subject.description }

    public var notValidBefore: Date { certificate.certificate.notValidBefore }
    public var notValidAfter: Date { certificate.certificate.notValidAfter }

    /// The private key as PEM. Secret.
    var keyPEM: String {
        get throws { try key.serializeAsPEM().pemString + "\n" }
    }

    func isSame(as other: CertificateAuthority) -> Bool {
        certificate == other.certificate && chain == other.chain
    }

    /// X.509 limits a common name to 64 characters.
    private static func commonName(_ hostName: String) -> String {
        let name = "appliance-net CA \(hostName)"
        return String(decoding: name.utf8.prefix(64), as: UTF8.self)
    }
}

/// Prints name and fingerprint only.
extension CertificateAuthority: CustomStringConvertible, CustomReflectable {
    public var description: String { "\(subject) (SHA-256 \(fingerprint))" }
    public var customMirror: Mirror { Mirror(self, children: ["subject": subject, "fingerprint": fingerprint]) }
}
