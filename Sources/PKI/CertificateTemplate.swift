internal import FoundationEssentials
internal import SwiftASN1
internal import X509
internal import _CryptoExtras

/// The fields of the certificates that we issue (RFC 5280).
enum CertificateTemplate {
    /// A CA, signed by itself or, under another name, by another.
    ///
    /// - Parameters:
    ///   - pathLength: How many CAs may stand between it and a leaf.
    ///   - issuer: Name and key of who signs.
    static func authority(
        subject: DistinguishedName,
        publicKey: Certificate.PublicKey,
        keyIdentifier: SubjectKeyIdentifier,
        pathLength: Int,
        validity: Validity,
        issuer: (name: DistinguishedName, key: Certificate.PrivateKey, identifier: SubjectKeyIdentifier)
    ) throws -> EncodedCertificate {
        try EncodedCertificate(
            Certificate(
                version: .v3,
                serialNumber: serialNumber(),
                publicKey: publicKey,
                notValidBefore: validity.notBefore,
                notValidAfter: validity.notAfter,
                issuer: issuer.name,
                subject: subject,
                extensions: Certificate.Extensions {
                    Critical(BasicConstraints.isCertificateAuthority(maxPathLength: pathLength))
                    Critical(KeyUsage(keyCertSign: true, cRLSign: true))
                    keyIdentifier
                    AuthorityKeyIdentifier(keyIdentifier: issuer.identifier.keyIdentifier)
                },
                issuerPrivateKey: issuer.key
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
        try leaf(
            commonName: names.commonName,
            publicKey: publicKey,
            validity: validity,
            usages: [.serverAuth, .clientAuth],
            names: names.extensionValue,
            issuer: issuer,
            issuerKey: issuerKey
        )
    }

    /// A TLS client.
    static func client(
        name: String,
        publicKey: Certificate.PublicKey,
        validity: Validity,
        issuer: EncodedCertificate,
        issuerKey: Certificate.PrivateKey
    ) throws -> EncodedCertificate {
        try leaf(
            commonName: name,
            publicKey: publicKey,
            validity: validity,
            usages: [.clientAuth],
            names: nil,
            issuer: issuer,
            issuerKey: issuerKey
        )
    }

    private static func leaf(
        commonName: String,
        publicKey: Certificate.PublicKey,
        validity: Validity,
        usages: [ExtendedKeyUsage.Usage],
        names: SubjectAlternativeNames?,
        issuer: EncodedCertificate,
        issuerKey: Certificate.PrivateKey
    ) throws -> EncodedCertificate {
        // With RSA, clients of TLS 1.2 may encrypt the secret with the key instead of having it sign.
        let isRSA = _RSA.Signing.PublicKey(publicKey) != nil
        return try EncodedCertificate(
            Certificate(
                version: .v3,
                serialNumber: serialNumber(),
                publicKey: publicKey,
                notValidBefore: validity.notBefore,
                notValidAfter: validity.notAfter,
                issuer: issuer.certificate.subject,
                subject: try DistinguishedName { CommonName(commonName) },
                extensions: Certificate.Extensions {
                    Critical(BasicConstraints.notCertificateAuthority)
                    Critical(KeyUsage(digitalSignature: true, keyEncipherment: isRSA))
                    try ExtendedKeyUsage(usages)
                    if let names { names }
                    SubjectKeyIdentifier(hash: publicKey)
                    AuthorityKeyIdentifier(keyIdentifier: issuer.keyIdentifier.keyIdentifier)
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
