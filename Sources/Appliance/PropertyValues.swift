import Diagnostics
import OVF

/// The properties by key, and the problems found while reading them.
struct PropertyValues {
    let environment: OVFEnvironment
    private(set) var problems: [SettingsProblem] = []

    init(_ environment: OVFEnvironment) { self.environment = environment }

    /// What was filled in; nil where nothing was.
    func text(_ key: PropertyKey) -> String? { environment[key.rawValue]?.text }

    func isSet(_ key: PropertyKey) -> Bool { text(key) != nil }

    /// The value, or else the schema's default.
    func textOrDefault(_ key: PropertyKey) -> String {
        text(key) ?? PropertySchema[key]?.defaultValue ?? ""
    }

    // MARK: Problems

    /// Longest value that a message repeats.
    private static let longestValue = 64

    /// Reports a problem of a property. `value` is the wrong part of it, else the whole value is shown; that of a
    /// secret or a certificate never is, since a key may have been pasted into the wrong field.
    mutating func report(
        _ key: PropertyKey,
        value: String? = nil,
        _ reason: String,
        remedy: String,
        severity: Diagnostic.Severity = .error
    ) {
        let definition = PropertySchema[key]
        let isHidden = definition.map { $0.isSecret || $0.kind == .pem } ?? true
        problems.append(
            SettingsProblem(
                severity: severity,
                key: key.rawValue,
                value: isHidden ? nil : (value ?? text(key)).map { Self.shown($0) },
                reason: reason,
                remedy: remedy,
                position: environment[key.rawValue]?.position
            )
        )
    }

    /// Reports a problem of an adapter.
    mutating func report(
        _ adapter: OVFAdapter,
        _ name: String,
        _ reason: String,
        remedy: String,
        severity: Diagnostic.Severity = .error
    ) {
        problems.append(
            SettingsProblem(
                severity: severity,
                key: name,
                value: Self.shown(adapter.mac),
                reason: reason,
                remedy: remedy,
                position: adapter.position
            )
        )
    }

    /// Keys that nobody reads are told: a property that is misspelt would else be silently unset.
    mutating func reportUnknownKeys() {
        for property in environment.properties where PropertyKey(rawValue: property.key) == nil {
            let nearest = PropertySchema.nearest(to: property.key)
            problems.append(
                SettingsProblem(
                    severity: .warning,
                    key: Self.shown(property.key),
                    value: nil,
                    reason: "there is no such property",
                    remedy: nearest.map { "did you mean \($0.rawValue)?" } ?? "remove it",
                    position: property.position,
                    isUnknownKey: true
                )
            )
        }
    }

    /// One line of printable text, cut where it gets long.
    private static func shown(_ text: String) -> String {
        var shown = ""
        for scalar in text.unicodeScalars.prefix(longestValue) {
            shown += scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value) ? "?" : String(scalar)
        }
        return text.unicodeScalars.count > longestValue ? shown + "…" : shown
    }
}
