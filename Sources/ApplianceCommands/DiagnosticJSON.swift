internal import Appliance
internal import Diagnostics

/// A problem of an input as `--json` shows it.
struct DiagnosticJSON: Encodable {
    var severity: String
    var file: String?
    var line: Int?
    var column: Int?
    var message: String
    var remedy: String?

    init(_ diagnostic: Diagnostic) {
        severity = diagnostic.severity.rawValue
        file = diagnostic.file
        line = diagnostic.position?.line
        column = diagnostic.position?.column
        message = diagnostic.message
        remedy = diagnostic.remedy
    }
}

/// All problems of an input as `--json` shows them.
struct ProblemsJSON: Encodable {
    /// Whether none of them is an error.
    var valid: Bool
    var problems: [DiagnosticJSON]
    /// That the properties of a machine to be make, by `ovf check`.
    var deployment: String?

    init(_ diagnostics: [Diagnostic], deployment: Topology? = nil) {
        self.deployment = deployment?.rawValue
        valid = !diagnostics.contains { $0.severity == .error }
        problems = diagnostics.map { DiagnosticJSON($0) }
    }
}
