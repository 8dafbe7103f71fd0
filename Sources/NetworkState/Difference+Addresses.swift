import Addresses
import Netlink

extension Difference {
    mutating func compareAddresses() {
        let wanted = desired.interfaces.flatMap { interface in
            guard let link = resolved[.mac(interface.mac)] else { return [LinkAddress]() }
            return interface.addresses.map { LinkAddress(interface: link.index, address: $0, origin: .applianceBase) }
        }
        let present = Set(actual.addresses.map { $0.key })
        for address in wanted {
            let text = address.text(names)
            if present.contains(address.key) {
                note(.address, text, .inSync)
            } else if let other = foreignPrefix(of: address) {
                block(
                    .address,
                    text,
                    "somebody else has set it as \(other.address)",
                    remedy: "remove that address: IPv6 has an address once on a link, whatever its prefix length"
                )
            } else if let mac = held[address.key] {
                block(
                    .address,
                    text,
                    "another host has it: \(mac)",
                    remedy:
                        "give it another address in [interface.\(names[address.interface])], or take that host off the "
                        + "network; conflict = \"warn\" in [guard] takes it all the same"
                )
            } else {
                note(.address, text, .missing)
                run(.addAddress, .addAddress(address))
            }
        }
        // Addresses of an interface that is not there are not there either; nothing else is given up for it.
        let kept = Set(wanted.map { $0.key })
        for address in actual.addresses where isOurs(address) && !kept.contains(address.key) {
            note(.address, address.text(names), .surplus)
            let changesPrefix = wanted.contains {
                $0.interface == address.interface && $0.address.address == address.address.address
            }
            let isInTheWay = changesPrefix && address.address.address.family == .v6
            run(isInTheWay ? .makeRoom : .deleteAddress, .deleteAddress(address))
        }
    }

    private func isOurs(_ address: LinkAddress) -> Bool {
        address.isOurs
            && !(address.origin == .applianceBase && desired.keptBase.contains(address.address.address.family))
    }

    private func foreignPrefix(of address: LinkAddress) -> LinkAddress? {
        guard address.address.address.family == .v6 else { return nil }
        return actual.addresses.first {
            !$0.isOurs && $0.interface == address.interface && $0.address.address == address.address.address
        }
    }

    /// Addresses that a link has now or will have, without those that are going.
    func addresses(of link: Link) -> [InterfaceAddress] {
        let wanted = desired.interfaces.filter { resolved[.mac($0.mac)]?.index == link.index }.flatMap { $0.addresses }
            .filter { held[LinkAddress.Key(interface: link.index, address: $0)] == nil }
        let kept = actual.addresses.filter {
            $0.interface == link.index && (!$0.isOurs || wanted.contains($0.address))
        }
        return wanted + kept.map { $0.address }
    }
}

extension LinkAddress {
    /// What the kernel tells addresses apart by.
    struct Key: Hashable {
        var interface: Int
        var address: InterfaceAddress
    }

    var key: Key { Key(interface: interface, address: address) }
}
