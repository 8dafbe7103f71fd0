/// The line that is logged for a connection.
public enum LogFormat: Sendable, Hashable {
    /// HAProxy's short line, without `option tcplog`.
    case basic
    /// `option tcplog`
    case tcp
    /// `option httplog`
    case http
    /// `log-format`
    case custom(String)
}
