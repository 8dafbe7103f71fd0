/// A command of the master socket, to the master itself; what begins with `@` says whom it is for.
public enum MasterCommand: Hashable, Sendable {
    case reload
    case showProc
    case showQuarantine
    /// `listeners`: where the proxy listens.
    case listeners
    /// `listeners follow`: the same, and every change of it.
    case followListeners
    case help([String])
    case showVersion
    case showLevel
    case showSockets
    case prompt
    case quit
    /// `operator`, `user`
    case lower(String)
    /// `expert-mode` and its like, which ask for commands that nobody has here; `on`, `off`, or nothing.
    case mode(String, String)
    case unknown([String])

    public init(_ line: some StringProtocol) {
        let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" || $0 == "\r" }).map { String($0) }
        self =
            switch words {
            case ["reload"], ["hardreload"]: .reload
            case ["show", "proc"], ["show", "proc", "debug"]: .showProc
            case ["show", "quarantine"]: .showQuarantine
            case ["show", "version"]: .showVersion
            case ["show", "cli", "level"]: .showLevel
            case ["show", "cli", "sockets"]: .showSockets
            case ["listeners"]: .listeners
            case ["listeners", "follow"]: .followListeners
            case ["prompt"]: .prompt
            case ["quit"]: .quit
            case ["operator"], ["user"]: .lower(words[0])
            default:
                if words.first == "help" {
                    .help(Array(words.dropFirst()))
                } else if let first = words.first, Self.modes.contains(first) {
                    .mode(first, words.count > 1 ? words[1] : "")
                } else {
                    .unknown(words)
                }
            }
    }

    /// `expert-mode` and its like.
    public var isMode: Bool {
        if case .mode = self { true } else { false }
    }

    private static let modes: Set<String> = ["expert-mode", "experimental-mode", "mcli-debug-mode"]

    private static let lines = [
        "  @!<pid>                                 : send a command to the <pid> process\n",
        "  @<relative pid>                         : send a command to the <relative pid> process\n",
        "  @master                                 : send a command to the master process\n",
        "  hardreload                              : as reload\n",
        "  listeners                               : show where the proxy listens\n",
        "  listeners follow                        : show where the proxy listens, and every change of it\n",
        "  operator                                : lower the level of the current CLI session to operator\n",
        "  reload                                  : apply the configuration file and tell what changed\n",
        "  show cli level                          : display the level of the current CLI session\n",
        "  show cli sockets                        : dump list of cli sockets\n",
        "  show proc                               : show processes status\n",
        "  show quarantine                         : show binds that do not serve, and why\n",
        "  show version                            : show version of the current process\n",
        "  user                                    : lower the level of the current CLI session to user\n",
    ]

    private static let last = """
          help [<command>]                        : list matching or all commands
          prompt                                  : toggle interactive mode with prompt
          quit                                    : disconnect

        """

    /// - Parameter words: What the commands begin with.
    public static func help(_ words: [String] = []) -> String {
        let matching = lines.filter { line in
            line.split(separator: " ").starts(with: words.map { Substring($0) })
        }
        return "The following commands are valid at this level:\n" + matching.joined() + last
    }

    /// What somebody is told who says something else.
    public static func unknown(_ words: [String]) -> String {
        let similar = words.first.map { first in lines.filter { $0.dropFirst(2).hasPrefix(first) } } ?? []
        return similar.isEmpty
            ? "Unknown command. Please enter one of the following commands only:\n" + lines.joined() + last
            : "Unknown command, but maybe one of the following ones is a better match:\n" + similar.joined() + last
    }
}
