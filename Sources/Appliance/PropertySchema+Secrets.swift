extension PropertySchema {
    /// Whether a property does not stay in guestinfo, nor in the copy of the properties, once it is in place: secrets,
    /// certificates, which go with their keys, the bundle that it was rebuilt from, and whatever looks like a secret under a key that nobody knows.
    ///
    /// Absent because it was taken out means "keep what there is" to every later boot.
    public static func isTakenOut(_ key: String, _ value: String) -> Bool {
        if value.contains("PRIVATE KEY") { return true }
        if let definition = PropertyKey(rawValue: key).flatMap({ self[$0] }) {
            return definition.isSecret || [.pem, .bundle, .recoverySource].contains(definition.kind)
        }
        let name = key.lowercased()
        return ["pwd", "pass", "secret", "token", "key"].contains { name.contains($0) }
    }
}
