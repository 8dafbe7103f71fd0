internal import ProxyConfig
internal import RuntimeAPI

/// Where commands come in, and what may be said there.
enum CommandDoor: Hashable {
    /// `-S`: the master's.
    case master
    /// `stats socket`
    case stats(StatsSocket.Level, exposesListeners: Bool)
    /// The thread for pages, which change servers where `stats admin` lets them.
    case pages
}

extension CommandDoor {
    /// What a client may say there at first.
    var level: StatsSocket.Level {
        switch self {
        case .master, .pages: .admin
        case .stats(let level, _): level
        }
    }

    /// Whether the listening sockets are given to who asks for them.
    var handsListenersOut: Bool {
        switch self {
        case .master: true
        case .pages: false
        case .stats(_, let exposesListeners): exposesListeners
        }
    }
}

/// A line that a client said.
struct ClientLine {
    var text: String
    /// The lines behind one that ends with `<<`.
    var payload: String?
    let door: CommandDoor
    /// The descriptor of its connection.
    let client: CInt
    let session: RuntimeSession
}

/// What becomes of a command.
enum CommandAnswer {
    case text(String)
    case output(RuntimeOutput)
    /// The client stays: it is told more, and more lines come from it.
    case follow
    /// It comes later, by ``CommandClients/finish(_:with:)``.
    case later
    /// None: a line of a client that stays.
    case nothing
    /// Listening sockets, in HAProxy's form.
    case listeners([ListenerTransfer.Listener])
}
