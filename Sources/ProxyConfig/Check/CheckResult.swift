public import Diagnostics

/// What ``ConfigurationFile/checked(surroundings:)`` found.
public struct CheckResult: Sendable {
    private let parts: ModelParts?
    /// In the order of the file; what concerns the whole comes last.
    public let diagnostics: [Diagnostic]

    init(_ parts: ModelParts?, _ diagnostics: [Diagnostic]) {
        self.parts = parts
        self.diagnostics = diagnostics
    }

    /// True if no diagnostic is an error.
    public var isRight: Bool { parts != nil }

    /// nil if a diagnostic is an error. It is put together for each who asks: with thousands of proxies, ask once.
    public var model: ProxyModel? { parts?.model }

    /// Which proxies of the model are the same as in an earlier result of the same ``RepeatedCheck``.
    public var revisions: ProxyRevisions { parts?.revisions ?? ProxyRevisions() }
}
