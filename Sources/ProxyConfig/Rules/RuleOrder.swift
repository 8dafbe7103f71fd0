/// The kinds of rules of a proxy in the order in which they are looked at, whatever the order of their lines.
enum RuleOrder: Int, CaseIterable {
    case connection
    case session
    case content
    case monitor
    case httpRequest
    case redirect
    case useBackend
    case useServer

    /// `a 'redirect'`, as HAProxy speaks of those that stand too early.
    var label: String {
        switch self {
        case .connection: "a 'tcp-request connection'"
        case .session: "a 'tcp-request session'"
        case .content: "a 'tcp-request content'"
        case .monitor: "a 'monitor fail'"
        case .httpRequest: "an 'http-request'"
        case .redirect: "a 'redirect'"
        case .useBackend: "a 'use_backend'"
        case .useServer: "a 'use-server'"
        }
    }

    /// Kinds of which a proxy has some.
    struct Set: Hashable, Sendable {
        private var bits: UInt8 = 0

        mutating func insert(_ kind: RuleOrder) { bits |= 1 << kind.rawValue }

        /// The first kind that is looked at after `kind` and has rules already.
        func first(after kind: RuleOrder) -> RuleOrder? {
            guard bits >> (kind.rawValue + 1) != 0 else { return nil }
            return RuleOrder.allCases.first { $0.rawValue > kind.rawValue && bits >> $0.rawValue & 1 != 0 }
        }
    }
}

extension Checker {
    /// A rule was read; HAProxy warns where its line lets one expect another order than there is.
    mutating func noteOrder(_ kind: RuleOrder) {
        // Of switching rules HAProxy says nothing.
        if kind != .useBackend, let other = draft?.rulesSoFar.first(after: kind) {
            let name = kind == .monitor ? "monitor fail" : word(0)
            warn(
                at: 0,
                "a '\(name)' rule placed after \(other.label) rule will still be processed before.",
                remedy: "put the lines in the order in which they are looked at"
            )
        }
        draft?.rulesSoFar.insert(kind)
    }
}
