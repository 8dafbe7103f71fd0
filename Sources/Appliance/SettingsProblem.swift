public import Diagnostics
public import OVF

/// One problem of the properties: which, what it holds, what is wrong, what to do.
public struct SettingsProblem: Sendable, Hashable {
    public var severity: Diagnostic.Severity
    /// The property's key, or `adapter 2 (Workload)`.
    public var key: String
    /// The wrong value or the wrong entry of a list; nil if it is unset or secret.
    public var value: String?
    /// Lower-case sentence without a full stop.
    public var reason: String
    /// Imperative, without a full stop.
    public var remedy: String
    /// nil if the property is not there.
    public var position: SourcePosition?
    /// Whether no such property exists.
    public var isUnknownKey = false

    /// `network.workload_gateway = "10.0.0.1": it is outside 10.13.201.0/24`.
    public var message: String {
        value.map { "\(key) = \"\($0)\": \(reason)" } ?? "\(key): \(reason)"
    }

    public func diagnostic(in environment: OVFEnvironment) -> Diagnostic {
        var diagnostic = environment.diagnostic(severity, at: position, message, remedy: remedy)
        // The value of a key that nobody knows may be a password all the same.
        if isUnknownKey { diagnostic.sourceLine = nil }
        return diagnostic
    }
}
