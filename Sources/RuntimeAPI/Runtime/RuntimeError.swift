public import Syscalls

/// Why a runtime command did nothing.
public enum RuntimeError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Nobody answered on the socket.
    case unreachable(SystemError)
    /// The process does not know the command.
    case unsupported(String)
    /// There is no such server, table, map or key.
    case missing(String)
    /// It is there already.
    case exists(String)
    /// Anything else, in the process's own words.
    case refused(String)

    /// Sorts the words of a refusal: HAProxy has no codes.
    init(refusal text: String) {
        let words = String(text.prefix { !$0.isNewline })
        let missing = ["No such ", "Can't find ", "Unknown map identifier", "Unknown ACL identifier", "Key not found"]
        let exists = ["Already exists", "already exists"]
        if missing.contains(where: { words.hasPrefix($0) }) {
            self = .missing(words)
        } else if exists.contains(where: { words.hasPrefix($0) }) {
            self = .exists(words)
        } else {
            self = .refused(words)
        }
    }

    public var description: String {
        switch self {
        case .unreachable(let error): "the proxy cannot be asked: \(error)"
        case .unsupported(let words), .missing(let words), .exists(let words), .refused(let words): words
        }
    }
}
