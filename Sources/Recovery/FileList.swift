/// Files without their contents, in the order of these.
public struct FileList: Sendable, Hashable, Codable {
    public struct Entry: Sendable, Hashable, Codable {
        public var path: String
        public var kind: SavedFile.Kind
        /// Permission bits.
        public var mode: UInt32
        public var user: String
        public var group: String
        /// Bytes of its content.
        public var size: Int
        public var time: SavedFile.Time?
    }

    public var entries: [Entry]

    /// Most bytes of all contents.
    static let largestPayload = 256 << 20

    public init(_ set: FileSet) {
        entries = set.files.map { file in
            Entry(
                path: file.path,
                kind: file.kind,
                mode: file.mode,
                user: file.user,
                group: file.group,
                size: file.content.count,
                time: file.time
            )
        }
    }

    public init(from decoder: any Decoder) throws {
        entries = try decoder.singleValueContainer().decode([Entry].self)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(entries)
    }

    /// Bytes of all contents; nil if no appliance made this.
    var payloadSize: Int? {
        var total = 0
        for entry in entries {
            guard entry.size >= 0, entry.size <= Self.largestPayload, SavedFile.isClean(entry.path) else { return nil }
            total += entry.size
        }
        return total <= Self.largestPayload && Set(entries.map { $0.path }).count == entries.count ? total : nil
    }

    /// The files with their contents; nil if these are not theirs.
    func files(_ payload: [UInt8]) -> FileSet? {
        guard payloadSize == payload.count else { return nil }
        var set = FileSet()
        var place = 0
        for entry in entries {
            set[entry.path] = SavedFile(
                entry.path,
                entry.kind,
                Array(payload[place..<place + entry.size]),
                mode: entry.mode & 0o7777,
                user: entry.user,
                group: entry.group,
                time: entry.time
            )
            place += entry.size
        }
        return set
    }
}

extension FileSet {
    /// All contents one after the other.
    var payload: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(size)
        for file in files { bytes += file.content }
        return bytes
    }
}
