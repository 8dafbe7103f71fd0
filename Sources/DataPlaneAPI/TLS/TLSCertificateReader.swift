internal import Addresses
internal import DataPlaneModel
internal import Diagnostics
internal import NIOSSL

/// Reads certificates and keys with the library that serves TLS.
struct TLSCertificateReader: CertificateReader {
    func read(_ pem: [UInt8]) throws(APIError) -> CertificateFacts {
        let chain = (try? NIOSSLCertificate.fromPEMBytes(pem)) ?? []
        guard let leaf = chain.first else { throw APIError(400, "the file has no certificate in PEM") }
        guard let key = try? NIOSSLPrivateKey(bytes: pem, format: .pem) else {
            throw APIError(400, "the file has no private key in PEM that can be read without a passphrase")
        }
        // Whether the two belong together is told by the context only.
        let configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) },
            privateKey: .privateKey(key)
        )
        guard (try? NIOSSLContext(configuration: configuration)) != nil else {
            throw APIError(400, "the private key is not that of the first certificate, or is too weak to be used")
        }
        var facts = CertificateFacts()
        facts.serial = Hexadecimal.text(leaf.serialNumber)
        facts.notBefore = UTCTime(Int64(leaf.notValidBefore)).rfc3339
        facts.notAfter = UTCTime(Int64(leaf.notValidAfter)).rfc3339
        if let names = (try? leaf.toDERBytes()).flatMap({ DistinguishedNames($0) }) {
            facts.subject = names.subject
            facts.issuer = names.issuer
        }
        for name in leaf._subjectAlternativeNames() where name.nameType == .dnsName {
            facts.names.append(String(decoding: name.contents, as: UTF8.self))
        }
        return facts
    }
}
