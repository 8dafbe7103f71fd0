public import Addresses

/// What one source gave one interface, and for how long.
public struct Lease: Sendable, Hashable {
    /// Who gives.
    public enum Source: String, Sendable, Hashable, CaseIterable {
        /// DHCP for IPv4 (RFC 2131).
        case dhcp
        /// Router advertisements (RFC 4861) with the addresses that are formed by them (RFC 4862).
        case ra
        /// DHCP for IPv6 (RFC 8415).
        case dhcp6

        public var family: IPAddress.Family { self == .dhcp ? .v4 : .v6 }
    }

    public var source: Source
    /// The adapter that it was given to: another one in its place is another host.
    public var mac: MACAddress
    /// The server's address, the router's, or the server's DUID in hexadecimal digits; nil if it did not say.
    public var server: String?
    /// When it was given or last renewed: seconds of ``LeaseClock``.
    public var since: Int64
    /// When it ends by itself; nil: never.
    public var until: Int64?
    public var settings: LeasedSettings
    /// The networks that the interface was in before, where it is in none by this one.
    public var former: [IPNetwork] = []

    public init(
        _ source: Source,
        mac: MACAddress,
        server: String? = nil,
        since: Int64,
        until: Int64? = nil,
        _ settings: LeasedSettings = LeasedSettings()
    ) {
        self.source = source
        self.mac = mac
        self.server = server
        self.since = since
        self.until = until
        self.settings = settings
    }

    /// What is left of it at a time: nothing once it has ended. A client that hangs must not keep an address that is
    /// another's already; the seconds beyond are for one that says so itself.
    public func settings(at now: Int64) -> LeasedSettings {
        if let until, now > until + Self.patience { return LeasedSettings() }
        return settings
    }

    /// The networks that the interface was in by it, and is not any more.
    public func former(at now: Int64) -> [IPNetwork] {
        settings(at: now).networks.isEmpty ? ended(at: now).former : []
    }

    /// What stands for it once it has ended.
    func ended(at now: Int64) -> Lease {
        var ended = Lease(source, mac: mac, since: now)
        ended.former = settings.networks.isEmpty ? former : settings.networks
        return ended
    }

    /// Seconds from the end of a lease to that of its use.
    public static let patience: Int64 = 5
}
