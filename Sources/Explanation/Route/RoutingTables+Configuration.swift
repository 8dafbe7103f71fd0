internal import Addresses
internal import Netlink
internal import NetworkFiles
public import NetworkState

extension RoutingTables {
    /// What the kernel has.
    public init(_ state: ActualState) { self.init(rules: state.rules, routes: state.routes) }

    /// What the kernel would have if all were as the files want it.
    ///
    /// - Parameters:
    ///   - desired: What the files want.
    ///   - actual: For the interfaces' indexes, and for addresses that no file gives.
    public init(_ desired: DesiredState, _ actual: ActualState) {
        var routes: [Route] = []
        func link(_ reference: DesiredState.InterfaceReference) -> Link? {
            switch reference {
            case .loopback: actual.links.first { $0.isLoopback }
            case .mac(let mac):
                actual.links.filter { $0.mac == mac }.min {
                    // A VLAN or bridge has its parent's address: what bears the name of a role is meant.
                    (InterfaceRole(rawValue: $0.name) == nil ? 1 : 0)
                        < (InterfaceRole(rawValue: $1.name) == nil ? 1 : 0)
                }
            }
        }
        for item in desired.routes {
            guard let link = link(item.interface) else { continue }
            var route = item.route
            route.interface = link.index
            routes.append(route)
        }
        var addressed: Set<Int> = []
        for interface in desired.interfaces where !interface.addresses.isEmpty {
            guard let link = link(.mac(interface.mac)) else { continue }
            addressed.insert(link.index)
            routes += interface.addresses.flatMap { Self.routes(of: $0, on: link.index) }
        }
        for address in actual.addresses where !addressed.contains(address.interface) {
            routes += Self.routes(of: address.address, on: address.interface)
        }
        self.init(rules: desired.rules + Self.kernelRules, routes: routes)
    }

    /// What the kernel makes of an interface's address by itself.
    private static func routes(of address: InterfaceAddress, on index: Int) -> [Route] {
        let own = Route(IPNetwork(address.address), table: .local, type: .local, scope: .host, interface: index)
        var routes = [own]
        if address.address.isLoopback {
            routes[0].destination = address.network
        } else if address.prefixLength < address.address.family.bits {
            routes.append(Route(address.network, scope: .link, interface: index, preferredSource: address.address))
        }
        return routes
    }
}
