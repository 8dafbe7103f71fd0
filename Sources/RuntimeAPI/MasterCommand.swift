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
        // As HAProxy: what follows the words of a command is not looked at.
        func begins(_ text: String) -> Bool { words.starts(with: text.split(separator: " ").map { String($0) }) }
        self =
            switch words {
            case ["listeners"]: .listeners
            case ["listeners", "follow"]: .followListeners
            case _ where begins("reload") || begins("hardreload"): .reload
            case _ where begins("show proc"): .showProc
            case _ where begins("show quarantine"): .showQuarantine
            case _ where begins("show version"): .showVersion
            case _ where begins("show cli level"): .showLevel
            case _ where begins("show cli sockets"): .showSockets
            case _ where begins("prompt"): .prompt
            case _ where begins("quit"): .quit
            case _ where begins("operator") || begins("user"): .lower(words[0])
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
        "  reload                                  : reload haproxy\n",
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

    /// The words of each line.
    private static let commands = lines.map { line in
        line.split(separator: ":", maxSplits: 1)[0].split(separator: " ").map { String($0) }.filter { word in
            !word.hasSuffix(">") || word.hasPrefix("@")
        }
    }

    /// - Parameter words: What the commands begin with; all of them without any.
    public static func help(_ words: [String] = []) -> String {
        "The following commands are valid at this level:\n" + text(words.isEmpty ? nil : places(words))
    }

    /// What somebody is told who says something else.
    public static func unknown(_ words: [String]) -> String {
        let found = places(words)
        return
            (found == nil
            ? "Unknown command. Please enter one of the following commands only:\n"
            : "Unknown command, but maybe one of the following ones is a better match:\n") + text(found)
    }

    private static func places(_ words: [String]) -> [Int]? { CommandGuess.places(of: words, in: commands) }

    private static func text(_ places: [Int]?) -> String { (places?.map { lines[$0] } ?? lines).joined() + last }
}
