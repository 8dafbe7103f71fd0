/// What an interface of the appliance is for; also its name in the kernel.
public enum InterfaceRole: String, Sendable, Hashable, CaseIterable, Comparable {
    case management
    case workload
    case frontend

    public static func < (a: InterfaceRole, b: InterfaceRole) -> Bool {
        (allCases.firstIndex(of: a) ?? 0) < (allCases.firstIndex(of: b) ?? 0)
    }
}
