public import Addresses

/// Properties of class `appliance`.
public struct ApplianceSettings: Sendable, Hashable {
    public var rootPassword: Secret?
    public var permitRootLogin: Bool
    /// PEM as it was typed; its line ends may have become blanks. Without ``caKey`` it is the authority that signed
    /// ``serverCertificate``.
    public var caCertificate: String?
    /// Never without ``caCertificate``.
    public var caKey: Secret?
    /// PEM as it was typed. Set if and only if ``serverKey`` is.
    public var serverCertificate: String?
    public var serverKey: Secret?
    /// nil if nothing is said.
    public var keyType: CertificateKeyType?

    public init(
        rootPassword: Secret? = nil,
        permitRootLogin: Bool = true,
        caCertificate: String? = nil,
        caKey: Secret? = nil,
        serverCertificate: String? = nil,
        serverKey: Secret? = nil,
        keyType: CertificateKeyType? = nil
    ) {
        self.rootPassword = rootPassword
        self.permitRootLogin = permitRootLogin
        self.caCertificate = caCertificate
        self.caKey = caKey
        self.serverCertificate = serverCertificate
        self.serverKey = serverKey
        self.keyType = keyType
    }
}
