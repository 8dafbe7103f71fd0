import Guard
import Netlink
import Nftables

extension Difference {
    /// The guard begins at boot or with the service, which knows what the proxy listens on. From then on it is an object like
    /// others, and missing where somebody took it away while no service ran: what the files say of it is compared, and what is bound and claimed stays as it is.
    mutating func compareFirewall() {
        guard let settings = desired.guardSettings, let current = actual.firewall else { return }
        let isNew = current.tables.isEmpty
        if isNew, !desired.beginsGuard { return }
        func wanted(isBroad: Bool) -> [Table] {
            GuardRuleset.tables(
                for: settings.state(
                    links: actual.links,
                    addresses: actual.addresses,
                    keeping: current.tables,
                    isBroad: isBroad
                )
            )
        }
        let (first, last) = (wanted(isBroad: true), wanted(isBroad: false))
        // Off, and not there.
        if isNew, last.isEmpty { return }
        func isSame(_ a: [Table], _ b: [Table]) -> Bool { FirewallState.changes(from: a, to: b).isEmpty }
        let (hasFirst, hasLast) = (isSame(current.tables, first), isSame(current.tables, last))
        // The service gives a range up when the network without it is applied.
        if hasLast || current.isHeld && hasFirst {
            return note(.firewall, FirewallState.name, .inSync, current.isHeld ? "kept by the service" : nil)
        }
        note(.firewall, FirewallState.name, isNew ? .missing : last.isEmpty ? .surplus : .different)
        if current.isHeld { return run(.newFirewall, .awaitFirewall(from: current.tables, to: last)) }
        if !hasFirst { run(.newFirewall, .setFirewall(from: current.tables, to: first)) }
        if !isSame(first, last) { run(.firewall, .setFirewall(from: first, to: last)) }
    }
}

extension FirewallState {
    /// In the words of `nft`.
    static func changes(from: [Table], to: [Table]) -> [String] {
        let identities = Set((from + to).map { $0.identity }).sorted { $0.description > $1.description }
        return identities.flatMap { identity in
            Table.diff(from: from.first { $0.identity == identity }, to: to.first { $0.identity == identity })
        }.map { $0.description }
    }
}
