internal import Appliance
internal import OVF
internal import Recovery

/// The properties that an appliance was made of, as `--properties` reads them: for a boot that finds none, and in its
/// bundles, where what is not typed anew for the one that replaces it is what they say.
enum PropertyRecord {
    /// Those that this appliance was made of.
    static let path = ApplianceFiles.properties
    /// Those of the appliance that it was rebuilt from.
    static let formerPath = ApplianceFiles.formerProperties

    /// Without secrets, certificates and what a rebuild was done from; in the order of their keys.
    static func text(_ environment: OVFEnvironment) -> String {
        var environment = environment
        environment.properties.sort { $0.key < $1.key }
        return environment.json { keeps($0) && $0.text != nil }
    }

    /// The environment, with what was typed before where nothing was typed now.
    static func overlay(_ environment: OVFEnvironment, on text: String) -> OVFEnvironment {
        var result = environment
        for former in values(text) where environment[former.key]?.text == nil {
            result.properties.removeAll { $0.key == former.key }
            result.properties.append(OVFProperty(former.key, former.value))
        }
        return result
    }

    /// What was typed now and is not what was typed before, one line each.
    static func differences(_ environment: OVFEnvironment, from text: String) -> [String] {
        values(text).compactMap { former in
            guard let now = environment[former.key], now.text != nil, now.value != former.value else { return nil }
            return "\(former.key): \(now.value) was typed, and wins over \(former.value) of the old appliance"
        }
    }

    /// The adapters are those of another machine.
    private static func values(_ text: String) -> [OVFProperty] {
        let environment = try? OVFEnvironment(json: Array(text.utf8), file: path)
        return (environment?.properties ?? []).filter { keeps($0) }.sorted { $0.key < $1.key }
    }

    private static func keeps(_ property: OVFProperty) -> Bool {
        PropertyKey(rawValue: property.key) != nil && !PropertySchema.isTakenOut(property.key, property.value)
    }
}
