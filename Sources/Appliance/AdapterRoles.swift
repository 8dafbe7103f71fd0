import Addresses
import Diagnostics
import OVF

/// Which adapter is which interface: in the order of their unit numbers the first is management, the second workload,
/// the third frontend. Network names say nothing: they are those of the port groups.
struct AdapterRoles {
    let topology: Topology
    private var macs: [InterfaceRole: MACAddress] = [:]

    func mac(_ role: InterfaceRole) -> MACAddress? { macs[role] }

    init(_ values: inout PropertyValues) {
        let adapters = values.environment.adaptersInOrder
        topology = Topology(values.environment)
        let roles = topology.roles
        var seen: [MACAddress: String] = [:]
        for (index, adapter) in adapters.enumerated() {
            let name = "adapter \(index + 1) (\(adapter.network))"
            guard let mac = MACAddress(adapter.mac), mac.bytes[0] & 1 == 0 else {
                values.report(
                    adapter,
                    name,
                    "it is not the MAC address of an adapter",
                    remedy: "write it as 00:50:56:b4:ca:fd"
                )
                continue
            }
            if let other = seen.updateValue(name, forKey: mac) {
                values.report(adapter, name, "\(other) has the same MAC address", remedy: "give each adapter its own")
            }
            if roles.indices.contains(index) { macs[roles[index]] = mac }
        }
        if adapters.count > roles.count, let extra = adapters.last {
            values.report(
                extra,
                "adapter \(adapters.count) (\(extra.network))",
                "only the first three adapters are used",
                remedy: "remove the others",
                severity: .warning
            )
        }
        guard !adapters.isEmpty, adapters.count < roles.count else { return }
        let missing = roles[adapters.count]
        values.report(
            missing.addressKey,
            "the machine has \(adapters.count) adapter\(adapters.count == 1 ? "" : "s"), and \(missing.rawValue) needs "
                + "the \(missing == .frontend ? "third" : "second")",
            remedy: missing == .frontend
                ? "add an adapter for the frontend network, or leave \(missing.addressKey.rawValue) empty"
                : "add an adapter for the \(missing.rawValue) network"
        )
    }
}
