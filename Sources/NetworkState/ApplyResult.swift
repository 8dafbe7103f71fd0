/// What ``NetworkReconciler/apply(_:)`` did.
public struct ApplyResult: Sendable, Hashable {
    /// What was run, in order; empty if everything was right already.
    public var operations: [Operation]
    /// What is wanted and cannot be had.
    public var problems: [Problem]
    /// How every object stands now.
    public var objects: [ObjectStatus]
    /// What did not go well and kept nothing from being done.
    public var warnings: [String] = []

    public var isUnchanged: Bool { operations.isEmpty }
}
