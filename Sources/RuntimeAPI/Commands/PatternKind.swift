/// The two kinds of files that HAProxy keeps patterns of in memory.
public enum PatternKind: String, Sendable, Hashable {
    /// Keys with values.
    case map
    case acl
}
