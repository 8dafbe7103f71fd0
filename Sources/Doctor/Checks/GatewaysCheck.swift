internal import Addresses
internal import Diagnostics
internal import Discovery
internal import Explanation
internal import Netlink
internal import NetworkFiles
internal import NetworkState
internal import Syscalls

/// Every gateway answers on its link.
struct GatewaysCheck: DoctorCheck {
    static let name = "gateways"

    /// A gateway, and where it is.
    private struct Gateway: Hashable {
        var address: IPAddress
        var link: Link
        var mac: MACAddress
    }

    func findings(_ context: DoctorContext) throws -> [Finding] {
        guard let configuration = context.configuration else { return DoctorContext.unreadable(Self.name) }
        let findings = try Self.findings(configuration, context.state.links)
        return findings.isEmpty ? [Finding(.skipped, Self.name, "there is none")] : findings
    }

    /// One for each gateway.
    static func findings(_ configuration: NetworkConfiguration, _ links: [Link]) throws -> [Finding] {
        let gateways = gateways(configuration, links)
        let own = Set(links.compactMap { $0.mac })
        // One interface at a time: link-local gateways have the same address on several.
        let byLink = Dictionary(grouping: gateways) { $0.link.index }.sorted { $0.key < $1.key }
        return try byLink.flatMap { _, gateways in
            let requests = gateways.map { AddressProbe.Request($0.address, interface: $0.link.index, mac: $0.mac) }
            let outcome = try AddressProbe.run(requests, ownMACs: own)
            return gateways.map { finding($0, outcome) }
        }
    }

    private static func finding(_ gateway: Gateway, _ outcome: AddressProbe.Outcome) -> Finding {
        let subject = "\(gateway.address)"
        if let mac = outcome.conflicts[gateway.address] {
            return .ok(subject, "answers on \(gateway.link.name) as \(mac)")
        }
        let asked = gateway.address.family == .v4 ? "ARP" : "neighbour discovery"
        let why =
            outcome.failures[gateway.link.index].map { "\($0)" } ?? "no answer to \(asked) on \(gateway.link.name)"
        return Finding(
            .failed,
            subject,
            why,
            remedy: "see whether \(gateway.link.name) is in the right network (port group, VLAN), and the gateway right"
        )
    }

    private static func gateways(_ configuration: NetworkConfiguration, _ links: [Link]) -> [Gateway] {
        var gateways: [Gateway] = []
        func add(_ address: IPAddress, _ mac: MACAddress) {
            guard let link = DoctorContext.link(mac, links), link.isUp else { return }
            let gateway = Gateway(address: address, link: link, mac: mac)
            if !gateways.contains(gateway) { gateways.append(gateway) }
        }
        for interface in configuration.appliance.interfaces {
            for gateway in interface.gateways { add(gateway.value, interface.mac.value) }
        }
        for entry in configuration.tables {
            if let gateway = entry.gateway { add(gateway.value, entry.mac.value) }
        }
        return gateways
    }
}
