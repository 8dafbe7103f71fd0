public import Diagnostics

/// What ``ConfigurationFile/checked(surroundings:)`` found.
public struct CheckResult: Sendable {
    /// nil if a diagnostic is an error.
    public var model: ProxyModel?
    /// In the order of the file; what concerns the whole comes last.
    public var diagnostics: [Diagnostic]

    public init(model: ProxyModel?, diagnostics: [Diagnostic]) {
        self.model = model
        self.diagnostics = diagnostics
    }
}
