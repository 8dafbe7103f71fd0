internal import Crypto
internal import SwiftASN1
internal import X509
internal import _CryptoExtras

/// Private keys out of PEM blocks. Errors of the libraries below are dropped, not wrapped: none of their text may reach
/// a message about a secret.
enum PrivateKeyParser {
    enum Failure: Error, Hashable {
        case encrypted
        case foreign(String)
        /// RSA with fewer than 2048 bits.
        case weak
        case unreadable
    }

    static func parse(_ block: PEMBlock) throws(Failure) -> Certificate.PrivateKey {
        switch block.kind {
        case .encryptedPrivateKey: throw .encrypted
        case .foreignPrivateKey(let words): throw .foreign(words)
        case .rsaPrivateKey: return try parse("RSA PRIVATE KEY", block.bytes)
        case .ecPrivateKey: return try parse("EC PRIVATE KEY", block.bytes)
        case .privateKey: return try parse("PRIVATE KEY", block.bytes)
        case .certificate, .ecParameters, .other: throw .unreadable
        }
    }

    private static func parse(_ label: String, _ bytes: [UInt8]) throws(Failure) -> Certificate.PrivateKey {
        if let key = try? Certificate.PrivateKey(pemDocument: PEMDocument(type: label, derBytes: bytes)) {
            return key
        }
        if (try? _RSA.Signing.PrivateKey(unsafeDERRepresentation: bytes)) != nil { throw .weak }
        throw .unreadable
    }
}
