internal import ProxyConfig
internal import ProxyEngine
internal import RuntimeAPI

/// A command of a stats socket (management guide, 9.3).
enum RuntimeCommand {
    case help
    case showInfo
    case showStatistics(StatisticsFilter)
    /// Of one backend, or of all.
    case showServersState(String?)
    case showBackends
    case showQuarantine
    case passListeners
    case weight(of: ServerPath)
    case order(ServerOrder)
    case table(TableCommand)
    /// A weight relative to the configured one, in percent.
    case relativeWeight(of: ServerPath, UInt32)
    /// Refused, in HAProxy's words, which mostly end with a newline.
    case refused(String)
    case unknown(String)

    init(_ line: Substring) {
        let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" || $0 == "\r" }).map { String($0) }
        self =
            switch words.count {
            case 0: .help
            case 1 where words[0] == "help": .help
            case 2 where words == ["show", "info"]: .showInfo
            case 2 where words == ["show", "backend"]: .showBackends
            case 2 where words == ["show", "quarantine"]: .showQuarantine
            case 2... where words[0...1] == ["show", "stat"]: Self.statistics(words.dropFirst(2))
            case 3...4 where words[0...2] == ["show", "servers", "state"]: .showServersState(words.dropFirst(3).first)
            case 1 where words[0] == ListenerTransfer.command: .passListeners
            case 3... where words[0...1] == ["set", "server"]: Self.setServer(words[2], Array(words.dropFirst(3)))
            case 5 where words[0...2] == ["set", "maxconn", "server"]: Self.limit(words[3], words[4])
            case 4 where words[0...1] == ["set", "weight"]: Self.weight(words[2], words[3])
            case 3 where words[0...1] == ["get", "weight"]: Self.path(words[2]) { .weight(of: $0) }
            case 3 where words[0...1] == ["disable", "server"]:
                Self.path(words[2]) { .order($0.order(.administer(.maintenance))) }
            case 3 where words[0...1] == ["enable", "server"]:
                Self.path(words[2]) { .order($0.order(.administer(.ready))) }
            default:
                TableCommand(words).map { .table($0) } ?? .unknown(String(line.prefix(200).filter { !$0.isNewline }))
            }
    }

    /// Who may say it.
    var level: StatsSocket.Level {
        switch self {
        case .order, .relativeWeight: .admin
        default: .user
        }
    }

    private static func path(_ word: String, _ body: (ServerPath) -> RuntimeCommand) -> RuntimeCommand {
        guard let path = ServerPath(word) else { return .refused("Require 'backend/server'.\n") }
        return body(path)
    }

    private static func statistics(_ words: ArraySlice<String>) -> RuntimeCommand {
        var filter = StatisticsFilter()
        var words = words[...]
        if words.first == "up" || words.first == "no-maint" { words = words.dropFirst() }
        guard !words.isEmpty else { return .showStatistics(filter) }
        guard words.count == 3, let types = Int(words[words.startIndex + 1]),
            let server = Int(words[words.startIndex + 2])
        else { return .refused("Usage: show stat [<proxy> <type> <server>]\n") }
        let proxy = words[words.startIndex]
        filter.proxy = proxy == "-1" ? nil : proxy
        filter.types = types < 0 ? 7 : types
        filter.server = server < 0 ? nil : server
        return .showStatistics(filter)
    }

    private static func setServer(_ word: String, _ words: [String]) -> RuntimeCommand {
        path(word) { path in
            guard let subject = words.first else { return .refused(usage) }
            let value = words.dropFirst().first
            switch (subject, value) {
            case ("state", "ready"): return .order(path.order(.administer(.ready)))
            case ("state", "drain"): return .order(path.order(.administer(.drain)))
            case ("state", "maint"): return .order(path.order(.administer(.maintenance)))
            case ("state", _): return .refused("'set server <srv> state' expects 'ready', 'drain' and 'maint'.\n")
            case ("health", "up"): return .order(path.order(.health(.up)))
            case ("health", "stopping"): return .order(path.order(.health(.stopping)))
            case ("health", "down"): return .order(path.order(.health(.down)))
            case ("health", _): return .refused("'set server <srv> health' expects 'up', 'stopping', or 'down'.\n")
            case ("weight", let value): return weight(word, value ?? "")
            default: return .refused(usage)
            }
        }
    }

    private static let usage = "usage: set server <backend>/<server> health | state | weight\n"

    private static func weight(_ word: String, _ text: String) -> RuntimeCommand {
        path(word) { path in
            let digits = text.hasSuffix("%") ? String(text.dropLast()) : text
            guard let value = UInt32(digits), digits.utf8.allSatisfy({ $0 != UInt8(ascii: "+") }) else {
                return .refused("Empty weight string empty or preceded by garbage")
            }
            if text.hasSuffix("%") { return .relativeWeight(of: path, value) }
            guard value <= 256 else { return .refused("Absolute weight can only be between 0 and 256 inclusive.\n") }
            return .order(path.order(.weight(value)))
        }
    }

    private static func limit(_ word: String, _ text: String) -> RuntimeCommand {
        path(word) { path in
            guard let value = UInt32(text) else { return .refused("Value out of range.\n") }
            return .order(path.order(.maxConnections(value)))
        }
    }
}

/// `backend/server`
struct ServerPath {
    let backend: String
    let server: String

    init?(_ text: String) {
        guard let slash = text.firstIndex(of: "/") else { return nil }
        backend = String(text[..<slash])
        server = String(text[text.index(after: slash)...])
    }

    func order(_ action: ServerOrder.Action) -> ServerOrder {
        ServerOrder(backend: backend, server: server, action: action)
    }
}

/// Which rows of `show stat` are wanted.
struct StatisticsFilter {
    /// By name, or by number with `#`; nil is all.
    var proxy: String?
    /// 1: frontends, 2: backends, 4: servers.
    var types = 7
    var server: Int?
}
