internal import Appliance
internal import Files
internal import OVF

/// Keeps the properties, without what is secret in them, for a boot that finds none: `--properties` reads the same.
struct PropertiesCopyStep: FirstBootStep {
    let name = "properties"

    static let path = "/var/lib/appliance-net/last-properties.json"

    func run(_ context: FirstBootContext) throws -> [String] {
        guard !context.filesOnly, let source = context.source, source.origin != .copy else { return [] }
        let text = source.environment.json { property in
            PropertyKey(rawValue: property.key) != nil && !PropertySchema.isTakenOut(property.key, property.value)
        }
        _ = try context.replace(Self.path, text, mode: 0o600)
        // A copy is no change of the appliance.
        return []
    }
}
