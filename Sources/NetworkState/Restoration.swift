import Netlink

/// The way back from what is to what was, side effects of the kernel included: a link that was set down lost its
/// routes, an address that went took the routes with it that had it as their source.
///
/// Removes only what is ours; brings back everything that was there, except what the kernel makes itself.
struct Restoration {
    let former: ActualState
    let current: ActualState

    /// Empty: everything is as it was.
    var operations: [Operation] {
        renames + mtus + sysctls + ups + addedAddresses + addedRoutes + addedRules + deletedRules + deletedRoutes
            + deletedAddresses + downs + firewall + files + hostName
    }

    private func operation(_ action: Operation.Action) -> Operation { Operation(action, former.names) }

    private var pairs: [(former: Link, current: Link)] {
        let present = Dictionary(current.links.map { ($0.index, $0) }) { first, _ in first }
        return former.links.compactMap { link in present[link.index].map { (link, $0) } }
    }

    private var renames: [Operation] {
        let changed = pairs.filter { $0.former.name != $0.current.name }
        let aside = changed.filter { pair in changed.contains { $0.former.name == pair.current.name } }
        let temporary = Dictionary(
            aside.map { ($0.current.index, "appnet\($0.current.index)") },
            uniquingKeysWith: { first, _ in first }
        )
        return aside.map {
            operation(
                .renameLink(index: $0.current.index, from: $0.current.name, to: "appnet\($0.current.index)")
            )
        }
            + changed.map {
                operation(
                    .renameLink(
                        index: $0.former.index,
                        from: temporary[$0.former.index] ?? $0.current.name,
                        to: $0.former.name
                    )
                )
            }
    }

    private var mtus: [Operation] {
        pairs.filter { $0.former.mtu != $0.current.mtu }.map {
            operation(
                .setMTU(index: $0.former.index, name: $0.former.name, from: $0.current.mtu, to: $0.former.mtu)
            )
        }
    }

    private var files: [Operation] {
        former.files.sorted { $0.key < $1.key }.compactMap { path, state in
            guard let now = current.files[path], now != state else { return nil }
            // What somebody else put there meanwhile is no file of ours.
            if case .other = now, state == .absent { return nil }
            return operation(.setFile(path, from: now, to: state))
        }
    }

    private var firewall: [Operation] {
        // The service goes back by itself when the files do.
        guard let former = former.firewall, let now = current.firewall, !former.isHeld, !now.isHeld,
            former.tables != now.tables
        else { return [] }
        return [operation(.setFirewall(from: now.tables, to: former.tables))]
    }

    private var hostName: [Operation] {
        guard let name = former.hostname, let now = current.hostname, name != now else { return [] }
        return [operation(.setHostName(from: now, to: name))]
    }

    private var ups: [Operation] {
        pairs.filter { $0.former.isUp && !$0.current.isUp }.map {
            operation(.setLink(index: $0.former.index, name: $0.former.name, up: true))
        }
    }

    private var downs: [Operation] {
        pairs.filter { !$0.former.isUp && $0.current.isUp }.map {
            operation(.setLink(index: $0.former.index, name: $0.former.name, up: false))
        }
    }

    private var sysctls: [Operation] {
        former.sysctls.compactMap { sysctl, value in
            guard let now = current.sysctls[sysctl], now != value else { return nil }
            let name = former.names[sysctl.interface]
            return operation(.setSysctl(sysctl, interface: name, from: now, to: value))
        }.sorted { $0.text < $1.text }
    }

    private var addedAddresses: [Operation] {
        let present = Set(current.addresses.map { $0.key })
        return former.addresses.filter { $0.isMadeByPrograms && !present.contains($0.key) }
            .map { operation(.addAddress($0)) }
    }

    private var deletedAddresses: [Operation] {
        // The kernel gives the loopback 127.0.0.1 when it is first set up, and leaves it there.
        let raised = Set(former.links.filter { !$0.isUp }.map { $0.index })
        let wanted = Set(former.addresses.map { $0.key })
        return current.addresses.filter { address in
            (address.isOurs || raised.contains(address.interface)) && !wanted.contains(address.key)
        }.map { operation(.deleteAddress($0)) }
    }

    private var addedRoutes: [Operation] {
        let present = Set(current.routes)
        return former.routes.filter { route in
            route.isMadeByPrograms && !route.isComplex && !present.contains(route)
        }.sorted { ($0.gateway == nil ? 0 : 1) < ($1.gateway == nil ? 0 : 1) }
            .map { operation(.replaceRoute($0)) }
    }

    private var deletedRoutes: [Operation] {
        let keys = Set(former.routes.map { $0.key })
        return current.routes.filter { $0.isOurs && !keys.contains($0.key) }.map { operation(.deleteRoute($0)) }
    }

    private var addedRules: [Operation] {
        let present = Set(current.rules)
        return former.rules.filter { !$0.isComplex && !present.contains($0) }.map { operation(.addRule($0)) }
    }

    private var deletedRules: [Operation] {
        let wanted = Set(former.rules)
        return current.rules.filter { $0.isOurs && !wanted.contains($0) }.map { operation(.deleteRule($0)) }
    }
}

extension Route {
    /// Not by the kernel: 1 is a redirect, 2 the kernel itself, 9 a router advertisement (RTPROT_*).
    fileprivate var isMadeByPrograms: Bool { ![1, 2, 9].contains(origin.rawValue) }
}

extension LinkAddress {
    /// Not by the kernel: 1 is the loopback's, 2 from a router advertisement, 3 link-local (IFAPROT_*). What `ip` adds
    /// has 0.
    fileprivate var isMadeByPrograms: Bool { !(1...3).contains(origin.rawValue) }
}
