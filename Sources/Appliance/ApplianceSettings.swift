/// Properties of class `appliance`.
public struct ApplianceSettings: Sendable, Hashable {
    public var rootPassword: Secret?
    public var permitRootLogin: Bool
    /// PEM as it was typed; its line ends may have become blanks. Set if and only if ``caKey`` is.
    public var caCertificate: String?
    public var caKey: Secret?

    public init(
        rootPassword: Secret? = nil,
        permitRootLogin: Bool = true,
        caCertificate: String? = nil,
        caKey: Secret? = nil
    ) {
        self.rootPassword = rootPassword
        self.permitRootLogin = permitRootLogin
        self.caCertificate = caCertificate
        self.caKey = caKey
    }
}
