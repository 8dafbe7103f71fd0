/// What is at a path.
public enum FileState: Hashable, Sendable, Codable {
    case absent
    case file(FileContent)
    /// A symbolic link to another program's file, where links are not followed.
    case link(to: String)
    /// Something else, which is never touched: `a directory`.
    case other(String)

    public var content: FileContent? {
        if case .file(let content) = self { content } else { nil }
    }

    public var text: String { content.map { String(decoding: $0.bytes, as: UTF8.self) } ?? "" }
}

/// A regular file.
public struct FileContent: Hashable, Sendable, Codable {
    public var bytes: [UInt8]
    /// Permission bits.
    public var mode: UInt32
    /// User and group id; nil keeps those of an existing file, or takes the writer's.
    public var owner: UInt32?
    public var group: UInt32?

    public init(bytes: [UInt8], mode: UInt32 = 0o644, owner: UInt32? = nil, group: UInt32? = nil) {
        self.bytes = bytes
        self.mode = mode
        self.owner = owner
        self.group = group
    }

    public init(text: String) { self.init(bytes: Array(text.utf8)) }
}
