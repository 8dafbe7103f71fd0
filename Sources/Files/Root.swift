/// The directory that stands for `/`: `--root DIR` relocates every path of ours, so that tests and image builds need
/// no real `/etc`.
public struct Root: Sendable, Hashable {
    /// Without a trailing slash; empty for the real root.
    public let prefix: String

    public init(_ directory: String = "/") {
        var prefix = Substring(directory)
        while prefix.hasSuffix("/") { prefix.removeLast() }
        self.prefix = String(prefix)
    }

    /// Whether this is the machine's own root.
    public var isReal: Bool { prefix.isEmpty }

    /// Where the absolute path `path` lies under this root.
    public subscript(_ path: String) -> String { prefix + path }
}
