public import Addresses
import Diagnostics

extension NetworkConfiguration {
    /// How replies from a range leave that lies in the network of no table.
    public enum ReplyWay: Sendable, Hashable {
        /// By a table, as if the range were of its network.
        case table(Int)
        /// Not at all: they belong to an interface that is to get its network by DHCP and has none. By another one they
        /// would be lost at the next strict router, or seen where they should not be.
        case awaiting(InterfaceRole, table: Int)
    }

    /// nil where the range lies in the network of a table, which has a rule of its own, or where nothing else is known than
    /// the main table.
    public func replyWay(of range: IPNetwork) -> ReplyWay? {
        let entries = tables.filter { $0.network.value.address.family == range.family }
        let routed = entries.filter { $0.gateway != nil }
        if routed.contains(where: { $0.network.value.network.contains(range) }) { return nil }
        // Without a router there is the way to who is beside us.
        if let entry = entries.first(where: { $0.network.value.network.contains(range) }) {
            return .table(entry.table.value)
        }
        if let awaited = awaited(range), let table = table(of: awaited) { return .awaiting(awaited.role, table: table) }
        let entry = routed.first { $0.isFrontend } ?? routed.first { $0.isWorkload }
        return entry.map { .table($0.table.value) }
    }

    /// The interface that the range belongs to and that has no network of its family yet, or no more: the one that it
    /// was in the network of; else the one that answers for what lies in no network.
    private func awaited(_ range: IPNetwork) -> ApplianceFile.Interface? {
        let asking = appliance.interfaces.filter { interface in
            interface.role != .management && interface.usesDHCP
                && !tables.contains {
                    $0.mac.value == interface.mac.value && $0.network.value.address.family == range.family
                }
        }
        if let former = asking.first(where: { $0.leased?.former.contains { $0.contains(range) } == true }) {
            return former
        }
        let answering = appliance[.frontend] ?? appliance[.workload]
        return asking.first { $0.role == answering?.role }
    }
}
