public import Addresses

/// What the files are to be, and what is to be done beside: ``PKIStore/ensure(_:)`` makes it so.
public struct CertificateRequest: Sendable {
    /// Something that is asked for, beside what must be right anyway.
    public enum Change: Sendable {
        /// A new key and certificate of the server.
        ///
        /// - Parameter own: In place of one that the admin provided, too.
        case renew(own: Bool)
        /// A second CA beside the one there is: one that is given, or a new one.
        case beginRotation(CertificateAuthority?)
        /// The second CA takes over.
        case finishRotation
        /// The second CA goes.
        case cancelRotation
    }

    public var names: ServerNames
    /// Of new keys; nil: what is there stays, and what is new is ``CertificateKeyType/usual``.
    public var keyType: CertificateKeyType?
    /// A CA out of the properties (``PEMIntake``); it takes the place of the one on disk if it differs.
    public var authority: CertificateAuthority?
    /// The server's own certificate and key out of the properties; likewise.
    public var server: ServerCertificate?
    /// The Data Plane API's user, which reads the server's key.
    public var serverKeyOwner = PKIStore.Owner()
    public var change: Change?
    /// ``CertificateClock/now()``.
    public var now: CertificateClock.Reading

    public init(names: ServerNames, keyType: CertificateKeyType? = nil, now: CertificateClock.Reading) {
        self.names = names
        self.keyType = keyType
        self.now = now
    }
}
