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
    /// Why guestinfo, which comes before this one, could not be read; nil if it is not there, or has nothing.
    public var unread: String?

    public init(_ environment: OVFEnvironment, _ origin: Origin, unread: String? = nil) {
        self.environment = environment
        self.origin = origin
        self.unread = unread
    }

    /// For people: `guestinfo.ovfEnv`.
    public var name: String { environment.file }
}
