internal import FoundationEssentials
public import Glibc

/// A file as it is kept in a recovery bundle: where it was, whose, and what was in it.
public struct SavedFile: Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable, Codable {
        case file
        case link
        case directory
        /// There is none: one that is there goes.
        case absent
    }

    /// A modification time.
    public struct Time: Sendable, Hashable, Codable {
        /// Since 1970.
        public var seconds: Int
        public var nanoseconds: Int

        public init(seconds: Int, nanoseconds: Int) {
            self.seconds = seconds
            self.nanoseconds = nanoseconds
        }
    }

    /// Absolute, without the root.
    public var path: String
    public var kind: Kind
    /// Permission bits.
    public var mode: mode_t
    /// By name: the same user has another number on another machine.
    public var user: String
    public var group: String
    /// Only of files whose time means something.
    public var time: Time?
    /// Of a link what it holds; empty for directories and what is absent.
    public var content: [UInt8]

    public init(
        _ path: String,
        _ kind: Kind = .file,
        _ content: [UInt8] = [],
        mode: mode_t = 0o644,
        user: String = "root",
        group: String = "root",
        time: Time? = nil
    ) {
        self.path = path
        self.kind = kind
        self.content = content
        self.mode = mode
        self.user = user
        self.group = group
        self.time = time
    }

    /// The content as text; bytes that are not UTF-8 become U+FFFD.
    public var text: String { String(decoding: content, as: UTF8.self) }

    /// Whether it is an absolute path without `.`, `..` and empty components.
    static func isClean(_ path: String) -> Bool {
        guard path.hasPrefix("/"), path.utf8.count < 4096, !path.utf8.contains(0) else { return false }
        let components = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        return components.allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." }
    }
}
