public import Addresses
public import OVF

/// The deployment option.
public enum Topology: String, Sendable, Hashable {
    /// Two interfaces; virtual addresses are on the workload network.
    case `default`
    /// Three interfaces; virtual addresses are on the frontend network.
    case frontend
}

extension Topology {
    /// The interfaces, in the order of their adapters.
    public var roles: [InterfaceRole] {
        self == .frontend ? [.management, .workload, .frontend] : [.management, .workload]
    }

    /// What the properties ask for: an address on the frontend network, or a third adapter.
    public init(_ environment: OVFEnvironment) {
        let values = PropertyValues(environment)
        let isAddressed = values.isSet(.frontendAddress) || values.isSet(.frontendAddress6)
        self = isAddressed || environment.adapters.count >= 3 ? .frontend : .default
    }
}
