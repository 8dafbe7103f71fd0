/// What stands behind the path of the metrics: `?scope=global&scope=server&no-maint`.
public struct MetricsQuery: Hashable, Sendable {
    public enum Scope: String, Hashable, Sendable, CaseIterable {
        case global
        case frontend
        case listener
        case backend
        case server
        case stickTable = "sticktable"

        /// What stands before the names of its metrics.
        var word: String { self == .global ? "process" : rawValue }
    }

    public var scopes: Set<Scope>
    /// No servers in maintenance.
    public var hidesMaintenance = false

    /// nil for what is wrong.
    public init?(_ query: Substring) {
        scopes = Set(Scope.allCases)
        var isFirst = true
        for part in query.split(separator: "&") {
            let halves = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            switch halves[0] {
            case "scope":
                guard halves.count == 2 else { return nil }
                if isFirst { scopes = [] }
                isFirst = false
                if halves[1] == "*" {
                    scopes = Set(Scope.allCases)
                } else if halves[1].isEmpty {
                    scopes = []
                } else if let scope = Scope(rawValue: String(halves[1])) {
                    scopes.insert(scope)
                } else {
                    return nil
                }
            case "no-maint": hidesMaintenance = true
            default: break
            }
        }
    }
}
