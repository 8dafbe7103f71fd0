import Addresses
import Files
import FoundationEssentials
import TestSupport
import Testing
import X509

@testable import PKI

@Suite(.blocking) struct KeyTypeTests {
    static let words: [CertificateKeyType: (key: String, signature: String)] = [
        .p256: ("NIST CURVE: P-256", "ecdsa-with-SHA256"), .p384: ("NIST CURVE: P-384", "ecdsa-with-SHA384"),
        .rsa2048: ("Public-Key: (2048 bit)", "sha256WithRSAEncryption"),
        .rsa3072: ("Public-Key: (3072 bit)", "sha256WithRSAEncryption"),
    ]

    @Test(arguments: CertificateKeyType.allCases) func keysAreOfTheKindThatIsWanted(_ type: CertificateKeyType) throws {
        let words = try #require(Self.words[type])
        try withDisk { disk in
            _ = try disk.ensure(disk.request(keyType: type))
            for path in [PKIPaths.caCertificate, PKIPaths.serverCertificate] {
                let text = try openssl(["x509", "-noout", "-text", "-in", disk.root[path]])
                #expect(text.contains(words.key))
                #expect(text.contains("Signature Algorithm: \(words.signature)"))
                let encipherment = text.contains("Key Encipherment")
                #expect(encipherment == (path == PKIPaths.serverCertificate && type.rawValue.hasPrefix("rsa")))
            }
            #expect(try !disk.ensure(disk.request(keyType: type)).isChanged)
            // Where nothing is said, what is there stays, also when it is renewed.
            #expect(try !disk.ensure().isChanged)
            let renewed = try disk.ensure(now: noon + 300 * day)
            #expect(renewed.issued == .age)
            #expect(CertificateKeyType(renewed.server.key.publicKey) == type)
        }
    }

    /// The server's key is replaced, the CA's stays: clients trust it.
    @Test func anotherKindIsForTheServer() throws {
        try withDisk { disk in
            let first = try disk.ensure()
            let second = try disk.ensure(disk.request(keyType: .p384))
            #expect(second.issued == .otherKeyType)
            #expect(second.authority.fingerprint == first.authority.fingerprint)
            #expect(try !disk.ensure(disk.request(keyType: .p384)).isChanged)
            var request = try disk.request(keyType: .p384)
            request.change = .beginRotation(nil)
            let next = try #require(try disk.store.ensure(request).next)
            #expect(CertificateKeyType(next.key.publicKey) == .p384)
        }
    }
}
