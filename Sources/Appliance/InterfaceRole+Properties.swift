internal import Addresses

/// Which properties describe an interface.
extension InterfaceRole {
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
}
