public import Patterns

/// A file of patterns in a ``SnapshotEdit``.
public enum PatternFileEdit: Hashable, Sendable {
    /// As in the snapshot before.
    case kept(String)
    case fresh(PatternFile)

    public var path: String {
        switch self {
        case .kept(let path): path
        case .fresh(let file): file.path
        }
    }
}
