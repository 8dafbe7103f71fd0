public import Addresses

/// Properties of class `network`, with the adapters they belong to.
public struct NetworkSettings: Sendable, Hashable {
    public var hostname: String
    public var nameservers: [IPAddress]
    public var searchDomains: [String]
    /// Names or addresses.
    public var ntpServers: [String]
    public var management: InterfaceSettings
    public var workload: InterfaceSettings
    /// nil in the default topology.
    public var frontend: InterfaceSettings?
    /// Networks behind the workload gateway.
    public var additionalWorkloadNetworks: [IPNetwork]

    public init(
        hostname: String = "haproxy.local",
        nameservers: [IPAddress] = [],
        searchDomains: [String] = [],
        ntpServers: [String] = [],
        management: InterfaceSettings,
        workload: InterfaceSettings,
        frontend: InterfaceSettings? = nil,
        additionalWorkloadNetworks: [IPNetwork] = []
    ) {
        self.hostname = hostname
        self.nameservers = nameservers
        self.searchDomains = searchDomains
        self.ntpServers = ntpServers
        self.management = management
        self.workload = workload
        self.frontend = frontend
        self.additionalWorkloadNetworks = additionalWorkloadNetworks
    }

    public var topology: Topology { frontend == nil ? .default : .frontend }

    /// The interfaces that there are, in the order of their adapters.
    public var interfaces: [(role: InterfaceRole, settings: InterfaceSettings)] {
        [(.management, management), (.workload, workload)] + (frontend.map { [(.frontend, $0)] } ?? [])
    }
}
