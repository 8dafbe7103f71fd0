/// The kinds of keys that certificates are made with, as `appliance.key_type` and `appliance.toml` name them.
public enum CertificateKeyType: String, Sendable, Hashable, CaseIterable {
    case p256
    case p384
    case rsa2048 = "rsa-2048"
    case rsa3072 = "rsa-3072"

    /// Where nothing is said.
    public static let usual = CertificateKeyType.p256
}
