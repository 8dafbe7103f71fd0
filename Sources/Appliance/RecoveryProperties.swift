public import Addresses

/// The properties from which an appliance is rebuilt, and those that say what becomes of its own bundles.
public struct RecoveryProperties: Sendable, Hashable {
    /// A bundle in base64, as it was typed.
    public var bundle: String?
    public var source: RecoverySource?
    public var passphrase: Secret?
    public var target: RecoveryTarget?

    public init(
        bundle: String? = nil,
        source: RecoverySource? = nil,
        passphrase: Secret? = nil,
        target: RecoveryTarget? = nil
    ) {
        self.bundle = bundle
        self.source = source
        self.passphrase = passphrase
        self.target = target
    }
}
