/// A plan that failed, and what became of the network.
public struct ApplyError: Error, Sendable, CustomStringConvertible {
    /// What failed; nil if the operations went through and the result was not as planned.
    public var operation: Operation?
    /// Verb, object, errno and the kernel's words.
    public var reason: String
    /// What could not be put back; empty if the former state was restored exactly.
    public var leftOver: [String]

    public var isRolledBack: Bool { leftOver.isEmpty }

    public var description: String {
        let outcome =
            isRolledBack
            ? "nothing was changed: the former state is restored"
            : "the former state could not be restored: \(leftOver.joined(separator: "; "))"
        return "\(reason); \(outcome)"
    }
}
