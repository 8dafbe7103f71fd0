public import Addresses
public import Discovery
internal import Netlink
public import NetworkState
public import Syscalls

/// Asks the links whether another host has an address of ours.
public struct ConflictProbe {
    private let interfaces: [ProbeInterface]
    private let ownMACs: Set<MACAddress>

    /// - Parameter state: Interfaces that are up, and their addresses.
    public init(_ state: ActualState) {
        ownMACs = Set(state.links.compactMap { $0.mac })
        interfaces = state.links.filter { $0.isUp && $0.isRunning }.compactMap { link in
            guard let mac = link.mac else { return nil }
            let addresses = state.addresses.filter { $0.interface == link.index }.map { $0.address }
            return addresses.isEmpty ? nil : ProbeInterface(index: link.index, mac: mac, addresses: addresses)
        }
    }

    /// Probes all addresses at the same time: 150 ms. Those that lie on no link of ours come by a router, and nobody is
    /// asked for them.
    ///
    /// - Throws: EPERM without CAP_NET_RAW.
    public func run(_ addresses: some Sequence<IPAddress>) throws(SystemError) -> AddressProbe.Outcome {
        let requests = addresses.compactMap { ProbeInterface.request(for: $0, among: interfaces) }
        guard !requests.isEmpty else { return AddressProbe.Outcome() }
        return try AddressProbe.run(requests, ownMACs: ownMACs)
    }

    /// Whether there is a link to ask for an address.
    public func isOnLink(_ address: IPAddress) -> Bool {
        ProbeInterface.request(for: address, among: interfaces) != nil
    }
}

extension ConflictProbe {
    /// Probes the addresses that our interfaces have.
    ///
    /// - Throws: As ``run(_:)``.
    public func runOwn(_ state: ActualState) throws(SystemError) -> AddressProbe.Outcome {
        let requests = state.addresses.compactMap { own -> AddressProbe.Request? in
            guard let link = state.links.first(where: { $0.index == own.interface }), let mac = link.mac, link.isUp,
                link.isRunning, own.address.prefixLength < own.address.address.family.bits
            else { return nil }
            return AddressProbe.Request(own.address.address, interface: link.index, mac: mac)
        }
        guard !requests.isEmpty else { return AddressProbe.Outcome() }
        return try AddressProbe.run(requests, ownMACs: ownMACs)
    }
}
