public import Addresses

/// Which properties describe an interface.
extension InterfaceRole {
    /// Of its network in the descriptor: `Management`.
    public var networkName: String { rawValue.prefix(1).uppercased() + rawValue.dropFirst() }

    /// An address on its network as the documentation has them, for remedies.
    var exampleAddress: String {
        switch self {
        case .management: "10.13.10.199/24"
        case .workload: "10.13.201.10/24"
        case .frontend: "10.13.200.10/24"
        }
    }

    var addressKey: PropertyKey {
        switch self {
        case .management: .managementAddress
        case .workload: .workloadAddress
        case .frontend: .frontendAddress
        }
    }

    var gatewayKey: PropertyKey {
        switch self {
        case .management: .managementGateway
        case .workload: .workloadGateway
        case .frontend: .frontendGateway
        }
    }

    var address6Key: PropertyKey {
        switch self {
        case .management: .managementAddress6
        case .workload: .workloadAddress6
        case .frontend: .frontendAddress6
        }
    }

    var gateway6Key: PropertyKey {
        switch self {
        case .management: .managementGateway6
        case .workload: .workloadGateway6
        case .frontend: .frontendGateway6
        }
    }

    var mtuKey: PropertyKey {
        switch self {
        case .management: .managementMTU
        case .workload: .workloadMTU
        case .frontend: .frontendMTU
        }
    }
}
