/// One PEM block (RFC 7468): what its label says and its decoded bytes.
struct PEMBlock: Sendable {
    enum Kind: Hashable, Sendable {
        case certificate
        /// PKCS#8 (RFC 5958).
        case privateKey
        /// PKCS#1 (RFC 8017).
        case rsaPrivateKey
        /// SEC1 (RFC 5915).
        case ecPrivateKey
        case encryptedPrivateKey
        /// A private key in a form that we cannot read: DSA, OpenSSH.
        case foreignPrivateKey(String)
        /// What `openssl ecparam -genkey` writes before the key.
        case ecParameters
        case other(String)

        /// - Parameter label: Without its blanks, which a text field may have changed.
        init(label: String) {
            switch label {
            case "CERTIFICATE", "X509CERTIFICATE": self = .certificate
            case "PRIVATEKEY": self = .privateKey
            case "RSAPRIVATEKEY": self = .rsaPrivateKey
            case "ECPRIVATEKEY": self = .ecPrivateKey
            case "ENCRYPTEDPRIVATEKEY": self = .encryptedPrivateKey
            case "DSAPRIVATEKEY": self = .foreignPrivateKey("a DSA private key")
            case "OPENSSHPRIVATEKEY": self = .foreignPrivateKey("an OpenSSH private key")
            case "ECPARAMETERS": self = .ecParameters
            case "CERTIFICATEREQUEST", "NEWCERTIFICATEREQUEST": self = .other("a certificate signing request")
            case "PUBLICKEY", "RSAPUBLICKEY": self = .other("a public key")
            case "PKCS7", "CMS": self = .other("a PKCS#7 bundle")
            case "TRUSTEDCERTIFICATE": self = .other("a certificate in OpenSSL's own TRUSTED form")
            default: self = .other("a PEM block of another kind")
            }
        }

        var isPrivateKey: Bool {
            switch self {
            case .privateKey, .rsaPrivateKey, .ecPrivateKey, .encryptedPrivateKey, .foreignPrivateKey: true
            case .certificate, .ecParameters, .other: false
            }
        }

        /// With its article, for messages.
        var words: String {
            switch self {
            case .certificate: "a certificate"
            case .privateKey: "a private key (PKCS#8)"
            case .rsaPrivateKey: "an RSA private key (PKCS#1)"
            case .ecPrivateKey: "an EC private key (SEC1)"
            case .encryptedPrivateKey: "an encrypted private key"
            case .foreignPrivateKey(let words), .other(let words): words
            case .ecParameters: "EC parameters"
            }
        }
    }

    var kind: Kind
    /// DER; empty for an encrypted key.
    var bytes: [UInt8]
}
