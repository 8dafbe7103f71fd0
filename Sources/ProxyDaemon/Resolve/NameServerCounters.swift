/// What was counted of a name server, as `show resolvers` has it (management guide, 9.3).
struct NameServerCounters: Sendable {
    /// In HAProxy's order and words.
    enum Field: String, CaseIterable, Sendable {
        case sent
        case sendErrors = "snd_error"
        case valid
        /// Addresses of servers that it changed.
        case updates = "update"
        /// Aliases are followed, and not counted.
        case aliases = "cname"
        case aliasErrors = "cname_error"
        /// Answers without a record of the kind that was asked for.
        case empty = "any_err"
        /// The name does not exist.
        case missing = "nx"
        /// Of those HAProxy counts none either.
        case timeout
        case refused
        case other
        case invalid
        case tooBig = "too_big"
        case truncated
        case outdated
    }

    private var counts: [Field: UInt64] = [:]

    mutating func count(_ field: Field) { counts[field, default: 0] += 1 }

    var text: String {
        Field.allCases.map { field in
            let padding = String(repeating: " ", count: 12 - field.rawValue.utf8.count)
            return "  \(field.rawValue):\(padding)\(counts[field] ?? 0)\n"
        }.joined()
    }
}

extension DNSMessage.Answer {
    /// What it counts as.
    var counter: NameServerCounters.Field {
        if isTruncated { return .truncated }
        return switch outcome {
        case .addresses: .valid
        case .missing: isEmpty ? .empty : .missing
        case .refused: .refused
        case .other: .other
        }
    }
}
