/// What an interface is for; also its name in the kernel.
public enum InterfaceRole: String, Sendable, Hashable, CaseIterable {
    case management
    case workload
    case frontend

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
