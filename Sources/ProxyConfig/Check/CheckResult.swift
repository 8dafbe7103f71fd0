public import Diagnostics

/// What ``ConfigurationFile/checked(surroundings:)`` found.
public struct CheckResult: Sendable {
    /// nil if a diagnostic is an error.
    public var model: ProxyModel?
    /// In the order of the file; what concerns the whole comes last.
    public var diagnostics: [Diagnostic]

    /// Which proxies of the model are the same as in an earlier result of the same ``RepeatedCheck``.
    public var revisions = ProxyRevisions()

    public init(model: ProxyModel?, diagnostics: [Diagnostic], revisions: ProxyRevisions = ProxyRevisions()) {
        self.model = model
        self.diagnostics = diagnostics
        self.revisions = revisions
    }
}
