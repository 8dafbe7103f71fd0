public import Guestinfo
public import OVF

/// The properties and where they come from.
public struct PropertySource: Sendable {
    public enum Origin: Sendable, Hashable {
        /// `--ovf-env` or `--properties`.
        case file
        /// The OVF environment that vCenter wrote; it is scrubbed when its secrets are in place.
        case guestinfo(Guestinfo)
        /// A disc with `ovf-env.xml` in this drive (the ISO transport); it cannot be scrubbed, so it is ejected.
        case disc(device: String)
        /// What was last good, without its secrets.
        case copy
    }

    public var environment: OVFEnvironment
    public var origin: Origin

    public init(_ environment: OVFEnvironment, _ origin: Origin) {
        self.environment = environment
        self.origin = origin
    }

    /// For people: `guestinfo.ovfEnv`.
    public var name: String { environment.file }
}
