public import Appliance
public import Files

/// What every step is given.
public struct FirstBootContext: Sendable {
    public var settings: Settings
    public var root: Root
    /// Writes files only: no kernel, no host name, no services. For image builds.
    public var filesOnly: Bool
    /// Starts or reloads the units at the end.
    public var handsOver: Bool
    /// Seconds since 1970, from the system clock; for certificates.
    public var now: Int64

    public init(settings: Settings, root: Root, filesOnly: Bool, handsOver: Bool, now: Int64) {
        self.settings = settings
        self.root = root
        self.filesOnly = filesOnly
        self.handsOver = handsOver
        self.now = now
    }

    /// Whether the running system is the one that is configured.
    var isLive: Bool { root.isReal && !filesOnly }

    /// Writes a file under the root, its directory too.
    ///
    /// - Returns: One entry that says so, none if the file was right already.
    func write(_ path: String, _ text: String, mode: UInt32 = 0o644, group: UInt32? = nil) throws -> [String] {
        try AtomicFile.makeDirectory(AtomicFile.directory(of: root[path]))
        switch try AtomicFile.replace(root[path], with: text, mode: mode, group: group) {
        case .created: return ["created \(path)"]
        case .replaced: return ["rewrote \(path)"]
        case .unchanged: return []
        }
    }
}
