internal import FoundationEssentials
internal import SwiftASN1
internal import X509

/// The fields of the certificates that we issue (RFC 5280).
enum CertificateTemplate {
    /// A self-signed CA that may sign leaves only.
    static func authority(
        commonName: String,
        key: Certificate.PrivateKey,
        validity: Validity
    ) throws -> EncodedCertificate {
        let name = try DistinguishedName { CommonName(commonName) }
        let keyIdentifier = SubjectKeyIdentifier(hash: key.publicKey)
        return try EncodedCertificate(
            Certificate(
                version: .v3,
                serialNumber: serialNumber(),
                publicKey: key.publicKey,
                notValidBefore: validity.notBefore,
                notValidAfter: validity.notAfter,
                issuer: name,
                subject: name,
                extensions: Certificate.Extensions {
                    Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
                    Critical(KeyUsage(keyCertSign: true, cRLSign: true))
                    keyIdentifier
                    AuthorityKeyIdentifier(keyIdentifier: keyIdentifier.keyIdentifier)
                },
                issuerPrivateKey: key
            )
        )
    }

    /// A TLS server that may also be a client, as the old appliance's was.
    static func server(
        names: ServerNames,
        publicKey: Certificate.PublicKey,
        validity: Validity,
        issuer: EncodedCertificate,
        issuerKey: Certificate.PrivateKey
    ) throws -> EncodedCertificate {
        let issuerIdentifier =
            try issuer.certificate.extensions.subjectKeyIdentifier ?? SubjectKeyIdentifier(hash: issuerKey.publicKey)
        return try EncodedCertificate(
            Certificate(
                version: .v3,
                serialNumber: serialNumber(),
                publicKey: publicKey,
                notValidBefore: validity.notBefore,
                notValidAfter: validity.notAfter,
                issuer: issuer.certificate.subject,
                subject: try DistinguishedName { CommonName(names.commonName) },
                extensions: Certificate.Extensions {
                    Critical(BasicConstraints.notCertificateAuthority)
                    Critical(KeyUsage(digitalSignature: true))
                    try ExtendedKeyUsage([.serverAuth, .clientAuth])
                    names.extensionValue
                    SubjectKeyIdentifier(hash: publicKey)
                    AuthorityKeyIdentifier(keyIdentifier: issuerIdentifier.keyIdentifier)
                },
                issuerPrivateKey: issuerKey
            )
        )
    }

    /// 20 random bytes, the most that RFC 5280 allows. The first is neither 0 nor has its top bit: DER would shorten
    /// the one, and put a 21st byte before the other.
    static func serialNumber() -> Certificate.SerialNumber {
        var generator = SystemRandomNumberGenerator()
        let rest = (0..<19).map { _ in UInt8.random(in: 0 ... .max, using: &generator) }
        return Certificate.SerialNumber(bytes: [UInt8.random(in: 0x01...0x7f, using: &generator)] + rest)
    }
}
