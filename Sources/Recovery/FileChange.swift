/// What restoring does to a file, a link or a directory.
public struct FileChange: Sendable, Hashable, CustomStringConvertible {
    public enum Verb: String, Sendable, Hashable {
        case add
        case change
        case delete
    }

    public var verb: Verb
    public var path: String
    /// What it is to be; of what goes, what it was.
    public var kind: SavedFile.Kind

    public init(verb: Verb, path: String, kind: SavedFile.Kind = .file) {
        self.verb = verb
        self.path = path
        self.kind = kind
    }

    /// `~ file /etc/haproxy/haproxy.cfg`, as plans have it.
    public var description: String {
        let sign =
            switch verb {
            case .add: "+"
            case .change: "~"
            case .delete: "-"
            }
        return "\(sign) \(kind.rawValue) \(path)"
    }
}

extension Sequence<SavedFile.Kind> {
    /// `24 files, 1 link, 5 directories`; what is absent does not count.
    public var words: String {
        let kinds = Array(self)
        func words(_ kind: SavedFile.Kind, _ one: String, _ several: String) -> String? {
            let count = kinds.count { $0 == kind }
            return count == 0 ? nil : "\(count) \(count == 1 ? one : several)"
        }
        let parts = [
            words(.file, "file", "files"), words(.link, "link", "links"), words(.directory, "directory", "directories"),
        ].compactMap { $0 }
        return parts.isEmpty ? "no files" : parts.joined(separator: ", ")
    }
}
