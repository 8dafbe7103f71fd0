/// `load-server-state-from-file`: where the state of a backend's servers is read from when it starts (configuration manual, 4.2).
public enum ServerStateSource: String, Sendable, Hashable {
    case nowhere = "none"
    /// The one file of `server-state-file`.
    case global
    /// A file of the backend's own.
    case local
}
