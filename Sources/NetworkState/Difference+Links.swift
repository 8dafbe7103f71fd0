import Addresses
import Netlink
import NetworkFiles

extension Difference {
    /// Finds the links by MAC address, names them after their roles, sets them up.
    mutating func compareLinks() {
        for interface in desired.interfaces {
            if let link = find(interface) { resolved[.mac(interface.mac)] = link }
        }
        compareNames()
        for interface in desired.interfaces {
            guard let link = resolved[.mac(interface.mac)] else { continue }
            for (key, value) in interface.sysctls.sorted(by: { $0.key < $1.key }) {
                compareSysctl(Sysctl(interface: link.index, key: key), value)
            }
            if let mtu = interface.mtu { compareMTU(link, mtu) }
            compareUp(link)
        }
        // AnyIP routes are on the loopback, which a fresh network namespace has down.
        if let loopback = actual.loopback {
            resolved[.loopback] = loopback
            compareUp(loopback)
        }
    }

    private mutating func find(_ interface: DesiredState.Interface) -> Link? {
        let name = interface.role?.rawValue ?? interface.mac.description
        let matches = actual.links.filter { $0.mac == interface.mac }
        // A VLAN or bridge has its parent's address: the card itself is meant, or what bears the name already.
        func rank(_ link: Link) -> Int {
            if link.name == interface.role?.rawValue { return 0 }
            return link.kind == nil ? 1 : link.kind == "veth" ? 2 : 3
        }
        let best = matches.map(rank).min() ?? 0
        let candidates = matches.filter { rank($0) == best }
        if candidates.count > 1 {
            block(
                .link,
                name,
                "the MAC address \(interface.mac) belongs to \(candidates.map { $0.name }.joined(separator: " and "))",
                remedy: "give each link its own MAC address"
            )
            return nil
        }
        if candidates.isEmpty {
            block(
                .link,
                name,
                "no link has the MAC address \(interface.mac)",
                remedy: "connect the network adapter, or correct the MAC address in the configuration"
            )
        }
        return candidates.first
    }

    private mutating func compareNames() {
        var renames: [(link: Link, to: String)] = []
        for interface in desired.interfaces {
            guard let link = resolved[.mac(interface.mac)] else { continue }
            guard let name = interface.role?.rawValue, link.name != name else {
                note(.link, link.name, .inSync)
                continue
            }
            renames.append((link, name))
        }
        // Two links that swap names pass through names nobody has.
        for (link, _) in renames where renames.contains(where: { $0.to == link.name }) {
            let temporary = "appnet\(link.index)"
            run(.rename, .renameLink(index: link.index, from: link.name, to: temporary))
            names.names[link.index] = temporary
        }
        for (link, name) in renames {
            let holder = actual.links.first { $0.name == name }
            if let holder, !renames.contains(where: { $0.link.index == holder.index }) {
                block(
                    .link,
                    name,
                    "the name belongs to another link (\(holder.mac.map { "\($0)" } ?? "index \(holder.index)"))",
                    remedy: "rename that link; until then \(link.name) is used under its own name"
                )
                continue
            }
            note(.link, name, .different, "is named \(link.name)")
            run(.rename, .renameLink(index: link.index, from: names[link.index], to: name))
            names.names[link.index] = name
        }
    }

    private mutating func compareSysctl(_ sysctl: Sysctl, _ value: String) {
        // A kernel without the setting needs no setting.
        guard let current = actual.sysctls[sysctl] else { return }
        let interface = names[sysctl.interface]
        let text = "\(sysctl.name(interface)) = \(value)"
        if current == value {
            note(.sysctl, text, .inSync)
        } else {
            note(.sysctl, text, .different, "is \(current)")
            run(.sysctl, .setSysctl(sysctl, interface: interface, from: current, to: value))
        }
    }

    private mutating func compareMTU(_ link: Link, _ mtu: Int) {
        let name = names[link.index]
        if link.mtu == mtu {
            note(.link, "\(name) mtu \(mtu)", .inSync)
        } else {
            note(.link, "\(name) mtu \(mtu)", .different, "is \(link.mtu)")
            run(.mtu, .setMTU(index: link.index, name: name, from: link.mtu, to: mtu))
        }
    }

    private mutating func compareUp(_ link: Link) {
        let name = names[link.index]
        if link.isUp {
            note(.link, "\(name) up", .inSync)
        } else {
            note(.link, "\(name) up", .different, "is down")
            run(.linkUp, .setLink(index: link.index, name: name, up: true))
        }
    }
}
