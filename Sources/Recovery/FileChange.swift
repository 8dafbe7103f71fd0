/// What restoring does to a file.
public struct FileChange: Sendable, Hashable, CustomStringConvertible {
    public enum Verb: String, Sendable, Hashable {
        case add
        case change
        case delete
    }

    public var verb: Verb
    public var path: String

    public init(verb: Verb, path: String) {
        self.verb = verb
        self.path = path
    }

    /// `~ file /etc/haproxy/haproxy.cfg`, as plans have it.
    public var description: String {
        let sign =
            switch verb {
            case .add: "+"
            case .change: "~"
            case .delete: "-"
            }
        return "\(sign) file \(path)"
    }
}
