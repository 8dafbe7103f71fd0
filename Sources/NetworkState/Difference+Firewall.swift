import Guard
import Netlink
import Nftables

extension Difference {
    /// The guard begins at boot or with the service, which knows what the proxy listens on. From then on it is an object like
    /// others: what the files say of it is compared, and what is bound and claimed stays as it is.
    mutating func compareFirewall() {
        guard let settings = desired.guardSettings, let current = actual.firewall else { return }
        let isNew = current.tables.isEmpty
        if isNew, !desired.beginsGuard { return }
        let state = settings.state(links: actual.links, addresses: actual.addresses, keeping: current.tables)
        let wanted = GuardRuleset.tables(for: state)
        // Off, and not there.
        if isNew, wanted.isEmpty { return }
        if FirewallState.changes(from: current.tables, to: wanted).isEmpty {
            note(.firewall, FirewallState.name, .inSync, current.isHeld ? "kept by the service" : nil)
        } else {
            note(.firewall, FirewallState.name, isNew ? .missing : wanted.isEmpty ? .surplus : .different)
            run(
                isNew ? .newFirewall : .firewall,
                current.isHeld
                    ? .awaitFirewall(from: current.tables, to: wanted) : .setFirewall(from: current.tables, to: wanted)
            )
        }
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
