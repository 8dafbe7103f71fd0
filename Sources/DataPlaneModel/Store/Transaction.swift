import ProxyConfig

/// A set of changes that take effect together. Its configuration is a value: it costs what it changes.
struct Transaction: Sendable {
    enum Status: String, Sendable {
        case inProgress = "in_progress"
        case failed
        case outdated
        case success
    }

    var id: String
    /// Version of the configuration that it started from.
    var version: Int
    var status: Status
    var file: ConfigurationFile
    /// Whether anything was written into it.
    var isChanged = false
    /// When it was last used, in seconds since 1970.
    var lastUse: Int
    /// It is being committed: no change would get into what is being checked.
    var isSealed = false

    var body: JSONValue {
        ["_version": .integer(version), "id": .string(id), "status": .string(status.rawValue)]
    }
}
