public import Addresses

/// What a server or a router wants of an interface. Empty: nothing was given, or what was given has ended.
public struct LeasedSettings: Sendable, Hashable {
    /// A classless static route (RFC 3442).
    public struct Route: Sendable, Hashable {
        public var destination: IPNetwork
        /// nil: on the link.
        public var gateway: IPAddress?

        public init(_ destination: IPNetwork, via gateway: IPAddress? = nil) {
            self.destination = destination
            self.gateway = gateway
        }
    }

    public var addresses: [InterfaceAddress] = []
    /// Networks that are on the link, by router advertisement.
    public var onLink: [IPNetwork] = []
    /// Default routers, the best first.
    public var gateways: [IPAddress] = []
    /// Without default routes.
    public var routes: [Route] = []
    public var nameservers: [IPAddress] = []
    public var searchDomains: [String] = []
    /// Names or addresses.
    public var ntpServers: [String] = []
    /// Bytes.
    public var mtu: Int?

    public init() {}

    public var isEmpty: Bool { self == LeasedSettings() }

    /// What is on the link: a single address of DHCPv6 says nothing of that.
    var networks: [IPNetwork] {
        addresses.filter { $0.prefixLength < $0.address.family.bits }.map { $0.network } + onLink
    }

    /// Everything of both, without what is there already.
    public func merged(with other: LeasedSettings) -> LeasedSettings {
        func union<Value: Hashable>(_ a: [Value], _ b: [Value]) -> [Value] { a + b.filter { !a.contains($0) } }
        var result = self
        result.onLink = union(onLink, other.onLink)
        // DHCPv6 gives single addresses; what lies beside them, the routers say.
        result.addresses = union(addresses, other.addresses).map { address in
            guard address.address.family == .v6, address.prefixLength == 128 else { return address }
            let network = result.onLink.first { $0.contains(address.address) }
            return network.flatMap { InterfaceAddress(address.address, prefixLength: $0.prefixLength) } ?? address
        }
        result.gateways = union(gateways, other.gateways)
        result.routes = union(routes, other.routes)
        result.nameservers = union(nameservers, other.nameservers)
        result.searchDomains = union(searchDomains, other.searchDomains)
        result.ntpServers = union(ntpServers, other.ntpServers)
        // The smaller one is right for both.
        result.mtu = [mtu, other.mtu].compactMap { $0 }.min()
        return result
    }
}
