internal import ProxyConfig
internal import RuntimeAPI

/// Where commands come in, and what may be said there.
enum CommandDoor: Hashable {
    /// `-S`: the master's.
    case master
    /// `stats socket`
    case stats(StatsSocket.Level, exposesListeners: Bool)
}

/// What becomes of a command.
enum CommandAnswer {
    case text(String)
    /// Listening sockets, in HAProxy's form.
    case listeners([ListenerTransfer.Listener])
}
