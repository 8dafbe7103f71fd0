internal import Addresses
internal import Appliance
internal import Discovery
internal import Glibc
internal import Netlink

/// Looks on the links for the appliance that this one replaces: two that answer for the same addresses are worse than
/// none.
struct PredecessorProbe {
    /// The interfaces as they are going to be.
    let interfaces: [(mac: MACAddress, addresses: [InterfaceAddress])]
    /// What the proxy is going to listen at.
    let virtualAddresses: [IPAddress]

    init(_ network: NetworkSettings, virtualAddresses: [IPAddress] = []) {
        interfaces = network.interfaces.compactMap { _, settings in
            settings.mac.map { ($0, settings.addresses.map { $0.address }) }
        }
        self.virtualAddresses = Array(Set(virtualAddresses)).sorted { "\($0)" < "\($1)" }
    }

    /// Waits until nobody has the addresses any more.
    func wait(say: (String) -> Void) throws {
        var told: [IPAddress: MACAddress] = [:]
        while true {
            let conflicts = try ask()
            if conflicts.isEmpty {
                if !told.isEmpty { say("nobody has the addresses any more") }
                return
            }
            if conflicts != told { say(Self.text(conflicts)) }
            told = conflicts
            sleep(1)
        }
    }

    static func text(_ conflicts: [IPAddress: MACAddress]) -> String {
        let all = conflicts.sorted { "\($0.key)" < "\($1.key)" }.map { "\($0.key) (\($0.value))" }
        let shown = all.prefix(5).joined(separator: ", ") + (all.count > 5 ? " and \(all.count - 5) more" : "")
        return "another host has \(shown): the appliance that this one replaces still runs, or is not this one's; "
            + "waiting until it does not (firstboot --force does not wait)"
    }

    /// Who has one of the addresses. Links that are down are set up for it.
    func ask() throws -> [IPAddress: MACAddress] {
        let socket = try NetlinkSocket()
        let links = try socket.links().filter { link in interfaces.contains { $0.mac == link.mac } }
        for link in links where !link.isUp {
            try socket.execute(.setLink(link.index, named: link.name, up: true))
        }
        // One without a cable is not waited for longer than a second.
        for _ in 0..<100 {
            let down = try socket.links().filter { link in links.contains { $0.index == link.index } && !link.isRunning
            }
            if down.isEmpty { break }
            poll(nil, 0, 10)
        }
        let own = Set(try socket.addresses().map { $0.address.address })
        var requests: [AddressProbe.Request] = []
        var places: [ProbeInterface] = []
        for (mac, addresses) in interfaces {
            guard let link = links.first(where: { $0.mac == mac }) else { continue }
            requests += addresses.map { AddressProbe.Request($0.address, interface: link.index, mac: mac) }
            places.append(ProbeInterface(index: link.index, mac: mac, addresses: addresses))
        }
        requests += virtualAddresses.compactMap { ProbeInterface.request(for: $0, among: places) }
        requests.removeAll { own.contains($0.address) }
        if requests.isEmpty { return [:] }
        return try AddressProbe.run(requests, ownMACs: Set(try socket.links().compactMap { $0.mac })).conflicts
    }
}
