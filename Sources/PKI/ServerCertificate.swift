internal import Addresses
internal import Crypto
public import FoundationEssentials
internal import SwiftASN1
internal import X509

/// The certificate that the Data Plane API shows to its clients, or one of a client, with its key.
public struct ServerCertificate: Sendable {
    let leaf: EncodedCertificate
    /// What goes with it: the CA and the certificates above it.
    var chain: [EncodedCertificate]
    let key: Certificate.PrivateKey

    /// The leaf and its chain, as they stand in `server.crt`.
    public var certificatePEM: String { ([leaf] + chain).pem }

    /// SHA-256 of the leaf, as `openssl x509 -fingerprint -sha256` prints it.
    public var fingerprint: String { leaf.fingerprint }

    /// Whether the CA has signed it.
    public func isSigned(by authority: CertificateAuthority) -> Bool { leaf.isSigned(by: authority.certificate) }

    public var notValidBefore: Date { leaf.certificate.notValidBefore }
    public var notValidAfter: Date { leaf.certificate.notValidAfter }

    /// When it is renewed: at two thirds of its life.
    public var renewalDate: Date { Validity(notBefore: notValidBefore, notAfter: notValidAfter).renewal }

    /// The private key as PEM. Secret.
    public func keyText() throws(PKIError) -> String { try PrivateKeyText.make(key) }
}

/// Prints the fingerprint only.
extension ServerCertificate: CustomStringConvertible, CustomReflectable {
    public var description: String { "\(leaf.certificate.subject) (SHA-256 \(fingerprint))" }
    public var customMirror: Mirror { Mirror(self, children: ["fingerprint": fingerprint]) }
}

/// Why a server certificate was issued, for the log and for the console.
public enum IssueReason: String, Sendable, Hashable, CaseIterable {
    case missing
    case unreadable
    case keyMismatch
    case otherAuthority
    case otherNames
    case otherKeyType
    case age
    case asked

    /// After "issued because".
    public var words: String {
        switch self {
        case .missing: "there was none"
        case .unreadable: "the one on disk could not be read"
        case .keyMismatch: "key and certificate did not belong together"
        case .otherAuthority: "the CA changed"
        case .otherNames: "addresses or names changed"
        case .otherKeyType: "another kind of key is wanted"
        case .age: "two thirds of its life had passed"
        case .asked: "it was asked for"
        }
    }
}

extension ServerCertificate {
    /// Why `leaf` must be issued anew; nil if it serves as it is. Pure.
    ///
    /// A leaf that the CA's own end cuts short is kept to the last day: a new one would not live longer.
    static func reasonToIssue(
        leaf: EncodedCertificate,
        key: Certificate.PrivateKey,
        authority: CertificateAuthority,
        names: ServerNames,
        keyType: CertificateKeyType? = nil,
        now: CertificateClock.Reading
    ) -> IssueReason? {
        let certificate = leaf.certificate
        if certificate.publicKey != key.publicKey { return .keyMismatch }
        if !leaf.isSigned(by: authority.certificate) { return .otherAuthority }
        if !names.matches(certificate) { return .otherNames }
        if let keyType, CertificateKeyType(certificate.publicKey) != keyType { return .otherKeyType }
        // What such a clock would have issued instead may be older than this one.
        guard now.isTrusted else { return nil }
        let validity = Validity(notBefore: certificate.notValidBefore, notAfter: certificate.notValidAfter)
        guard validity.isDue(now: now.time) else { return nil }
        let lastsAsLongAsTheAuthority = certificate.notValidAfter >= authority.notValidAfter
        let isValid = (validity.notBefore..<validity.notAfter).contains(now.time)
        return lastsAsLongAsTheAuthority && isValid ? nil : .age
    }
}
