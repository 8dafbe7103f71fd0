public import Diagnostics
public import NetworkState

/// What ``Applier`` did.
public struct Applied: Sendable, Hashable {
    public var result: ApplyResult
    /// The generation it became; nil if nothing changed, or it could not be recorded.
    public var generation: Int?
    /// What did not go well and undid nothing: a full disk keeps no history.
    public var warnings: [String]

    /// What loading the files found that forbids nothing.
    public var diagnostics: [Diagnostic]

    public init(
        result: ApplyResult,
        generation: Int? = nil,
        warnings: [String] = [],
        diagnostics: [Diagnostic] = []
    ) {
        self.result = result
        self.generation = generation
        self.diagnostics = diagnostics
        self.warnings = warnings
    }
}
