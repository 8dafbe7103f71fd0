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
    /// The client stays: it is told more, and more lines come from it.
    case follow
    /// It comes later, by ``CommandClients/finish(_:with:)``.
    case later
    /// None: a line of a client that stays.
    case nothing
    /// Listening sockets, in HAProxy's form.
    case listeners([ListenerTransfer.Listener])
}
