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
    public init(_ environment: OVFEnvironment) { self = Self.asked(by: environment).topology }

    /// What the properties ask for, and by what: `network.frontend_ip is set`.
    public static func asked(by environment: OVFEnvironment) -> (topology: Topology, reason: String) {
        let values = PropertyValues(environment)
        let keys = [PropertyKey.frontendAddress, .frontendAddress6]
        if let key = keys.first(where: { values.isSet($0) }) { return (.frontend, "\(key.rawValue) is set") }
        let count = environment.adapters.count
        if count >= 3 { return (.frontend, "the properties name \(count) adapters") }
        return (.default, "neither \(keys.map(\.rawValue).joined(separator: " nor ")) is set")
    }
}
