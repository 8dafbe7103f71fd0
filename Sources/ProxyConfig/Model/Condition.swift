public import Addresses

/// What an ACL expression asks of a connection (configuration manual, section 7).
public indirect enum Condition: Sendable, Hashable {
    case always
    case never
    /// `dst_port`, `src_port`: inclusive ranges.
    case destinationPort([ClosedRange<Int>])
    case sourcePort([ClosedRange<Int>])
    /// `dst`, `src`
    case destination([IPNetwork])
    case source([IPNetwork])
    /// What only a connection knows.
    case sample(SampleTest)
    case not(Condition)
    case all([Condition])
    case any([Condition])

    /// True if the condition holds for a connection from `source` to `destination` of which nothing else is known: what a
    /// sample says is taken for false.
    public func holds(source: Endpoint, destination: Endpoint) -> Bool {
        switch self {
        case .always: true
        case .never: false
        case .destinationPort(let ranges): ranges.contains { $0.contains(Int(destination.port)) }
        case .sourcePort(let ranges): ranges.contains { $0.contains(Int(source.port)) }
        case .destination(let networks): networks.contains { $0.contains(destination.address) }
        case .source(let networks): networks.contains { $0.contains(source.address) }
        case .sample: false
        case .not(let condition): !condition.holds(source: source, destination: destination)
        case .all(let conditions): conditions.allSatisfy { $0.holds(source: source, destination: destination) }
        case .any(let conditions): conditions.contains { $0.holds(source: source, destination: destination) }
        }
    }
}
