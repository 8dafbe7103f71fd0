import Diagnostics

/// A part of the configuration that a line names and that must exist.
struct ProxyReference {
    var type: String
    var name: String
    var keyword: String
    /// It stands in an ACL or a condition.
    var isACL: Bool
    /// `http-request expression`
    var place: String
    var position: SourcePosition

    init(_ reference: SampleExpression.Reference, isACL: Bool = false, in place: String, at position: SourcePosition) {
        type = reference.type
        name = reference.name
        keyword = reference.keyword
        self.isACL = isACL
        self.place = place
        self.position = position
    }
}

/// A log format that a line holds.
struct NotedFormat {
    var text: String
    var keyword: String
    var position: SourcePosition
    /// It stands in a rule, and has been found right there.
    var isRule = false

    /// Where HAProxy takes it for.
    var places: SamplePlace.Set {
        if isRule { return .init(rawValue: .max) }
        switch keyword {
        case "unique-id-format": return .init(.frontendRequest)
        case "use-server": return .init(.backendRequest)
        default: return keyword.hasPrefix("use_backend") ? .init(.frontendRequest) : .init(.log)
        }
    }
}
