/// What an interface is for; also its name.
public enum InterfaceRole: String, Sendable, Hashable, CaseIterable, Comparable {
    case management
    case workload
    case frontend

    public static func < (a: InterfaceRole, b: InterfaceRole) -> Bool {
        (allCases.firstIndex(of: a) ?? 0) < (allCases.firstIndex(of: b) ?? 0)
    }
}
