public import Diagnostics
public import Files
internal import Glibc
internal import Leases
public import NetworkFiles
public import Syscalls

/// The network's configuration files, byte for byte, as they were at one moment.
public struct ConfigurationFiles: Sendable, Hashable, Codable {
    /// One file, there or not.
    public struct Entry: Sendable, Hashable, Codable {
        /// Absolute, without the root.
        public var path: String
        /// nil: there is no such file.
        public var content: [UInt8]?
        /// Permission bits.
        public var mode: UInt32
        public var owner: UInt32
        public var group: UInt32

        public init(path: String, content: [UInt8]?, mode: UInt32 = 0o644, owner: UInt32 = 0, group: UInt32 = 0) {
            self.path = path
            self.content = content
            self.mode = mode
            self.owner = owner
            self.group = group
        }

        /// The content as text; bytes that are not UTF-8 become U+FFFD.
        public var text: String? { content.map { String(decoding: $0, as: UTF8.self) } }
    }

    public var entries: [Entry]

    /// The files that are kept.
    public static let paths = [
        RouteTablesFile.path, AnyIPRoutesFile.path, WorkloadNetworksFile.path, ApplianceFile.path,
    ]

    public init(entries: [Entry] = []) { self.entries = entries }

    /// As they are under `root` now.
    public static func read(_ root: Root) throws(SystemError) -> ConfigurationFiles {
        var entries: [Entry] = []
        for path in paths {
            var entry = Entry(path: path, content: nil)
            if let status = try AtomicFile.status(root[path]) {
                entry.content = try AtomicFile.read(root[path], limit: 16 << 20)
                entry.mode = status.st_mode & 0o7777
                entry.owner = status.st_uid
                entry.group = status.st_gid
            }
            entries.append(entry)
        }
        return ConfigurationFiles(entries: entries)
    }

    /// Makes the files under `root` what they were. Each is written whole or not at all; done twice it changes nothing.
    ///
    /// - Returns: The paths that were changed.
    @discardableResult
    public func write(_ root: Root) throws(SystemError) -> [String] {
        var changed: [String] = []
        for entry in entries {
            guard let content = entry.content else {
                if try AtomicFile.remove(root[entry.path]) { changed.append(entry.path) }
                continue
            }
            try AtomicFile.makeDirectory(AtomicFile.directory(of: root[entry.path]))
            let outcome = try AtomicFile.replace(
                root[entry.path],
                with: content,
                mode: entry.mode,
                owner: entry.owner,
                group: entry.group
            )
            if outcome != .unchanged { changed.append(entry.path) }
        }
        return changed
    }

    /// These, with the content of those that `others` has.
    public func replaced(by others: ConfigurationFiles) -> ConfigurationFiles {
        ConfigurationFiles(
            entries: entries.map { entry in
                var entry = entry
                entry.content = others[entry.path]?.content ?? entry.content
                return entry
            }
        )
    }

    /// These, with other text in one of them; its mode and owner stay.
    public func replacing(_ path: String, with text: String) -> ConfigurationFiles {
        ConfigurationFiles(
            entries: entries.map { entry in
                var entry = entry
                if entry.path == path { entry.content = Array(text.utf8) }
                return entry
            }
        )
    }

    /// What they say, checked like files in place.
    ///
    /// - Throws: `DiagnosticsError`, naming the files as under `root`.
    public func configuration(_ root: Root) throws(DiagnosticsError) -> NetworkConfiguration {
        var texts: [String: String] = [:]
        for entry in entries { texts[entry.path] = entry.text }
        return try NetworkConfiguration.parse(texts, under: root).leased(LeaseStore(root).read())
    }

    public subscript(_ path: String) -> Entry? { entries.first { $0.path == path } }
}
