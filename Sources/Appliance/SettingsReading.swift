public import Diagnostics

/// What reading the properties gave.
public struct SettingsReading: Sendable {
    /// nil if and only if one of ``problems`` is an error.
    public var settings: Settings?
    /// Errors, warnings and notes, in the order of the checks.
    public var problems: [SettingsProblem]
    /// What the document itself gave, then ``problems``, with places and source lines.
    public var diagnostics: [Diagnostic]

    public var errors: [Diagnostic] { diagnostics.filter { $0.severity == .error } }
}
