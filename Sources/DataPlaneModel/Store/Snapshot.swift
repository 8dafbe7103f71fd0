import ProxyConfig

/// A configuration and its version. A value: it stays what it is while others change theirs, and costs nothing to take.
struct Snapshot: Sendable {
    var file: ConfigurationFile
    var version: Int
}
