internal import Addresses
internal import Crypto
internal import X509
internal import _CryptoExtras

extension CertificateKeyType {
    /// A new key.
    func makeKey() throws -> Certificate.PrivateKey {
        switch self {
        case .p256: Certificate.PrivateKey(P256.Signing.PrivateKey())
        case .p384: Certificate.PrivateKey(P384.Signing.PrivateKey())
        case .rsa2048: Certificate.PrivateKey(try _RSA.Signing.PrivateKey(keySize: .bits2048))
        case .rsa3072: Certificate.PrivateKey(try _RSA.Signing.PrivateKey(keySize: .bits3072))
        }
    }

    /// That of a key; nil for a kind that we do not make.
    init?(_ key: Certificate.PublicKey) {
        if P256.Signing.PublicKey(key) != nil {
            self = .p256
        } else if P384.Signing.PublicKey(key) != nil {
            self = .p384
        } else if let key = _RSA.Signing.PublicKey(key) {
            switch key.keySizeInBits {
            case 2048: self = .rsa2048
            case 3072: self = .rsa3072
            default: return nil
            }
        } else {
            return nil
        }
    }
}

extension Certificate.PublicKey {
    /// `P-256`, `RSA 2048`.
    var words: String {
        if P256.Signing.PublicKey(self) != nil { return "P-256" }
        if P384.Signing.PublicKey(self) != nil { return "P-384" }
        if P521.Signing.PublicKey(self) != nil { return "P-521" }
        if let key = _RSA.Signing.PublicKey(self) { return "RSA \(key.keySizeInBits)" }
        return "Ed25519"
    }
}
