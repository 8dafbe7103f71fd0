/// The deployment option.
public enum Topology: String, Sendable, Hashable {
    /// Two interfaces; virtual addresses are on the workload network.
    case `default`
    /// Three interfaces; virtual addresses are on the frontend network.
    case frontend
}
