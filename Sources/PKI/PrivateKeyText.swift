internal import SwiftASN1
internal import X509

enum PrivateKeyText {
    /// As PEM. Secret.
    static func make(_ key: Certificate.PrivateKey) throws(PKIError) -> String {
        do {
            return try key.serializeAsPEM().pemString + "\n"
        } catch {
            throw PKIError("key", "a private key could not be written as PEM", remedy: "report this as a bug")
        }
    }
}
