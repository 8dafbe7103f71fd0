public import Addresses
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

    /// Makes a new CA: ECDSA or RSA with SHA-256 or better, ten years, for leaves only (path length 0).
    ///
    /// - Parameters:
    ///   - hostName: Makes its name (`appliance-net CA lb-01.example.com`) tell one appliance from another.
    ///   - keyType: The kind of its key.
    ///   - now: The time; validity begins at a moment that no right clock is before.
    public static func make(
        hostName: String,
        keyType: CertificateKeyType = .usual,
        now: Date
    ) throws(PKIError) -> CertificateAuthority {
        try made(commonName(hostName), key: try newKey(keyType), now: now)
    }

    /// A new certificate for a key that is there already.
    static func make(hostName: String, key: Certificate.PrivateKey, now: Date) throws(PKIError) -> CertificateAuthority
    {
        try made(commonName(hostName), key: key, now: now)
    }

    /// Makes the CA that is to come after this one. It may vouch for this one (path length 1), and has another name:
    /// clients tell issuers by their names.
    func successor(hostName: String, keyType: CertificateKeyType, now: Date) throws(PKIError) -> CertificateAuthority {
        let key = try Self.newKey(keyType)
        let identifier = SubjectKeyIdentifier(hash: key.publicKey).keyIdentifier
        let mark = Hexadecimal.text(identifier.prefix(4), uppercase: true)
        return try Self.made(Self.commonName(hostName, " " + mark), key: key, pathLength: 1, now: now)
    }

    private static func made(
        _ name: String,
        key: Certificate.PrivateKey,
        pathLength: Int = 0,
        now: Date
    ) throws(PKIError) -> CertificateAuthority {
        do {
            let subject = try DistinguishedName { CommonName(name) }
            let identifier = SubjectKeyIdentifier(hash: key.publicKey)
            let certificate = try CertificateTemplate.authority(
                subject: subject,
                publicKey: key.publicKey,
                keyIdentifier: identifier,
                pathLength: pathLength,
                validity: Validity.ofAuthority(now: now),
                issuer: (subject, key, identifier)
            )
            return CertificateAuthority(certificate: certificate, chain: [], key: key)
        } catch {
            throw PKIError("CA", "a CA certificate could not be made", remedy: "report this as a bug")
        }
    }

    /// The former CA's name and key, signed by this one: who trusts this CA trusts by it what the former one signed.
    ///
    /// - Returns: nil where this CA may not sign other CAs, or is the one above the former anyway.
    func vouch(for former: CertificateAuthority, now: Date) throws(PKIError) -> EncodedCertificate? {
        guard mayVouch, former.certificate.certificate.subject != certificate.certificate.subject,
            !former.certificate.isSigned(by: certificate)
        else { return nil }
        let end = min(former.notValidAfter, notValidAfter)
        let start = max(CertificateClock.earliest, former.notValidBefore, notValidBefore)
        guard start < end else { return nil }
        do {
            return try CertificateTemplate.authority(
                subject: former.certificate.certificate.subject,
                publicKey: former.certificate.certificate.publicKey,
                keyIdentifier: former.certificate.keyIdentifier,
                pathLength: 0,
                validity: Validity(notBefore: start, notAfter: end),
                issuer: (certificate.certificate.subject, key, certificate.keyIdentifier)
            )
        } catch {
            throw cannotSign("the former CA's certificate", because: error)
        }
    }

    /// Whether it, and every CA above it, allows another CA below this one (`pathlen`).
    private var mayVouch: Bool {
        certificates.enumerated().allSatisfy { index, certificate in
            guard case .isCertificateAuthority(let limit) = try? certificate.certificate.extensions.basicConstraints
            else { return false }
            return limit.map { $0 > index } ?? true
        }
    }

    /// Issues a server certificate with a new key: 397 days, or up to the CA's end if that is earlier.
    public func issue(
        for names: ServerNames,
        keyType: CertificateKeyType = .usual,
        now: Date
    ) throws(PKIError) -> ServerCertificate {
        try issue(for: names, key: try Self.newKey(keyType), now: now)
    }

    func issue(
        for names: ServerNames,
        key serverKey: Certificate.PrivateKey,
        now: Date
    ) throws(PKIError) -> ServerCertificate {
        try signed("a server certificate", serverKey, now) { validity in
            try CertificateTemplate.server(
                names: names,
                publicKey: serverKey.publicKey,
                validity: validity,
                issuer: certificate,
                issuerKey: key
            )
        }
    }

    /// Issues a certificate for a client of the API: clientAuth only, 397 days, or up to the CA's end.
    public func issueClient(
        name: String,
        keyType: CertificateKeyType = .usual,
        now: Date
    ) throws(PKIError) -> ServerCertificate {
        let clientKey = try Self.newKey(keyType)
        return try signed("a client certificate", clientKey, now) { validity in
            try CertificateTemplate.client(
                name: name,
                publicKey: clientKey.publicKey,
                validity: validity,
                issuer: certificate,
                issuerKey: key
            )
        }
    }

    private func signed(
        _ what: String,
        _ leafKey: Certificate.PrivateKey,
        _ now: Date,
        _ sign: (Validity) throws -> EncodedCertificate
    ) throws(PKIError) -> ServerCertificate {
        do {
            let validity = Validity(now: now, life: Validity.server, limit: notValidAfter)
            guard validity.notBefore < validity.notAfter else { throw Expired() }
            return ServerCertificate(leaf: try sign(validity), chain: certificates, key: leafKey)
        } catch {
            throw cannotSign(what, because: error)
        }
    }

    private struct Expired: Error {}

    private static func newKey(_ type: CertificateKeyType) throws(PKIError) -> Certificate.PrivateKey {
        do {
            return try type.makeKey()
        } catch {
            throw PKIError("key", "a \(type.rawValue) key could not be made", remedy: "report this as a bug")
        }
    }

    private func cannotSign(_ what: String, because error: any Error) -> PKIError {
        if error is Expired {
            return PKIError(
                "CA",
                "the CA \(subject) expired on \(Validity.text(notValidAfter)) and cannot sign \(what)",
                remedy: "run appliance-net cert rotate-ca"
            )
        }
        return PKIError(
            "CA",
            "the CA \(subject) could not sign \(what)",
            remedy: "give a CA whose key is RSA, P-256, P-384 or P-521"
        )
    }

    /// Itself and those above it.
    var certificates: [EncodedCertificate] { [certificate] + chain }

    /// The CA's certificate and those above it, as they stand in `ca.crt`.
    public var certificatePEM: String { certificates.pem }

    /// SHA-256 of the CA certificate, as `openssl x509 -fingerprint -sha256` prints it: `3A:0F:…`.
    public var fingerprint: String { certificate.fingerprint }

    /// The distinguished name: `CN=appliance-net CA lb-01`.
    public var subject: String { certificate.certificate.subject.description }

    public var notValidBefore: Date { certificate.certificate.notValidBefore }
    public var notValidAfter: Date { certificate.certificate.notValidAfter }

    /// The private key as PEM. Secret.
    func keyText() throws(PKIError) -> String { try PrivateKeyText.make(key) }

    func isSame(as other: CertificateAuthority) -> Bool {
        certificate == other.certificate && chain == other.chain
    }

    /// X.509 limits a common name to 64 characters.
    private static func commonName(_ hostName: String, _ suffix: String = "") -> String {
        let name = "appliance-net CA \(hostName)"
        return String(decoding: name.utf8.prefix(64 - suffix.utf8.count), as: UTF8.self) + suffix
    }
}

/// Prints name and fingerprint only.
extension CertificateAuthority: CustomStringConvertible, CustomReflectable {
    public var description: String { "\(subject) (SHA-256 \(fingerprint))" }
    public var customMirror: Mirror { Mirror(self, children: ["subject": subject, "fingerprint": fingerprint]) }
}
