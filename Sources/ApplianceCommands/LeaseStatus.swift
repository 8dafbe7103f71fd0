internal import Diagnostics
internal import Addresses
internal import Glibc
internal import Leases
internal import NetworkFiles

/// A lease as `status` shows it; the names are those of `status --json`.
struct LeaseStatus: Encodable {
    var interface: String
    /// `dhcp`, `ra` or `dhcp6`.
    var source: String
    var addresses: [String]
    var gateways: [String]
    /// Who gave it: an address, or the DUID of a DHCPv6 server.
    var server: String?
    /// Seconds since 1970.
    var since: Int64
    /// Seconds since 1970; null: for ever.
    var until: Int64?

    /// Of the interfaces that are to have any.
    static func all(_ configuration: NetworkConfiguration, _ leases: Leases) -> [LeaseStatus] {
        let asking = configuration.appliance.interfaces.filter { $0.usesDHCP }.map { $0.role }
        return leases.sorted.filter { asking.contains($0.key.role) && !$0.lease.settings.isEmpty }.map { key, lease in
            LeaseStatus(
                interface: key.role.rawValue,
                source: key.source.rawValue,
                addresses: lease.settings.addresses.map { "\($0)" },
                gateways: lease.settings.gateways.map { "\($0)" },
                server: lease.server,
                since: LeaseClock.unixTime(lease.since),
                until: lease.until.map { LeaseClock.unixTime($0) }
            )
        }
    }

    /// `lease: management 10.13.10.54/24, by 10.13.10.1 (dhcp), since 2026-11-21T12:41:30Z, until …`
    var line: String {
        var text = "lease: \(interface) \(addresses.isEmpty ? "without an address" : addresses.joined(separator: " "))"
        text += ", " + (server.map { "by \($0) " } ?? "") + "(\(source)), since \(UTCTime(since).rfc3339)"
        return text + (until.map { ", until \(UTCTime($0).rfc3339)" } ?? ", for ever")
    }

    /// What is said of interfaces that wait for one.
    static func waiting(_ configuration: NetworkConfiguration, _ leases: [LeaseStatus]) -> [String] {
        configuration.appliance.interfaces.filter { $0.usesDHCP && !$0.role.isIn(leases) }.map {
            "lease: \($0.role.rawValue) has none"
        }
    }
}

extension InterfaceRole {
    fileprivate func isIn(_ leases: [LeaseStatus]) -> Bool { leases.contains { $0.interface == rawValue } }
}
