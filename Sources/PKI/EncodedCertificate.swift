internal import Addresses
internal import Crypto
internal import FoundationEssentials
internal import SwiftASN1
internal import X509

/// A certificate with the very bytes it came in: fingerprints and comparisons must not depend on encoding it again.
struct EncodedCertificate: Sendable, Hashable {
    let certificate: Certificate
    let der: [UInt8]

    init(der: [UInt8]) throws {
        self.certificate = try Certificate(derEncoded: der)
        self.der = der
    }

    init(_ certificate: Certificate) throws {
        var serializer = DER.Serializer()
        try serializer.serialize(certificate)
        self.certificate = certificate
        self.der = serializer.serializedBytes
    }

    static func == (a: EncodedCertificate, b: EncodedCertificate) -> Bool { a.der == b.der }
    func hash(into hasher: inout Hasher) { hasher.combine(der) }

    /// The PEM block with a newline at its end.
    var pem: String { PEMDocument(type: "CERTIFICATE", derBytes: der).pemString + "\n" }

    /// SHA-256 of the DER bytes as `openssl x509 -fingerprint -sha256` prints it: `3A:0F:…`.
    var fingerprint: String {
        Hexadecimal.text(SHA256.hash(data: der), separator: ":", uppercase: true)
    }

    /// What other certificates name its key by.
    var keyIdentifier: SubjectKeyIdentifier {
        guard let own = try? certificate.extensions.subjectKeyIdentifier else {
            return SubjectKeyIdentifier(hash: certificate.publicKey)
        }
        return own
    }

    var isSelfSigned: Bool { isSigned(by: self) }

    /// Whether `issuer`'s key made this certificate's signature, and its name is the one this certificate gives.
    func isSigned(by issuer: EncodedCertificate) -> Bool {
        certificate.issuer == issuer.certificate.subject
            && issuer.certificate.publicKey.isValidSignature(certificate.signature, for: certificate)
    }
}

extension [EncodedCertificate] {
    /// The blocks one after the other.
    var pem: String { map { $0.pem }.joined() }
}
