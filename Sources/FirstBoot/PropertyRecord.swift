internal import Appliance
internal import FoundationEssentials
internal import OVF
internal import Recovery

/// The properties that an appliance was made of, in its bundles: what is not typed anew for the one that replaces it is
/// what they say.
enum PropertyRecord {
    /// Those that this appliance was made of.
    static let path = ApplianceFiles.stateDirectory + "/properties.json"
    /// Those of the appliance that it was rebuilt from.
    static let formerPath = ApplianceFiles.stateDirectory + "/former-properties.json"

    private static let kept = PropertySchema.properties.filter { property in
        ![.password, .passphrase, .pem, .bundle, .recoverySource].contains(property.kind)
    }.map { $0.key.rawValue }

    /// Without secrets, certificates and what a rebuild was done from.
    static func text(_ environment: OVFEnvironment) throws -> String {
        var values: [String: String] = [:]
        for key in kept { if let value = value(key, environment) { values[key] = value } }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(values), as: UTF8.self) + "\n"
    }

    /// The environment, with what was typed before where nothing was typed now.
    static func overlay(_ environment: OVFEnvironment, on text: String) -> OVFEnvironment {
        var result = environment
        for (key, value) in values(text).sorted(by: { $0.key < $1.key }) where self.value(key, environment) == nil {
            result.properties.removeAll { $0.key == key }
            result.properties.append(OVFProperty(key, value))
        }
        return result
    }

    /// What was typed now and is not what was typed before, one line each.
    static func differences(_ environment: OVFEnvironment, from text: String) -> [String] {
        values(text).sorted { $0.key < $1.key }.compactMap { key, former in
            guard let now = value(key, environment), now != former else { return nil }
            return "\(key): \(now) was typed, and wins over \(former) of the bundle"
        }
    }

    private static func values(_ text: String) -> [String: String] {
        let values = try? JSONDecoder().decode([String: String].self, from: Data(text.utf8))
        return (values ?? [:]).filter { kept.contains($0.key) }
    }

    private static func value(_ key: String, _ environment: OVFEnvironment) -> String? {
        guard let value = environment[key]?.value, !value.isEmpty, value != "null" else { return nil }
        return value
    }
}
