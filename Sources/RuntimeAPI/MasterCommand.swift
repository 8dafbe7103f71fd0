/// A command of the master socket.
public enum MasterCommand: Hashable, Sendable {
    case reload
    case showProc
    case showQuarantine
    /// `listeners`: where the proxy listens.
    case listeners
    /// `listeners follow`: the same, and every change of it.
    case followListeners
    case help
    /// `@1 …`, `@!PID …`: for the worker.
    case worker(String)
    case unknown(String)

    public init(_ line: String) {
        let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" || $0 == "\r" }).map { String($0) }
        if let first = words.first, first.hasPrefix("@"), first != "@master" {
            self = .worker(words.dropFirst().joined(separator: " "))
            return
        }
        self =
            switch words.first == "@master" ? Array(words.dropFirst()) : words {
            case ["reload"]: .reload
            case ["show", "proc"]: .showProc
            case ["show", "quarantine"]: .showQuarantine
            case ["listeners"]: .listeners
            case ["listeners", "follow"]: .followListeners
            case ["help"], []: .help
            default: .unknown(String(line.prefix(200).filter { !$0.isNewline }))
            }
    }

    public static let helpText = """
        The following commands are valid at this level:
          @1 <command>                            : a command of the worker: `@1 help` lists them
          help                                    : this message
          listeners                               : show where the proxy listens
          listeners follow                        : show where the proxy listens, and every change of it
          reload                                  : apply the configuration file and tell what changed
          show proc                               : show processes
          show quarantine                         : show binds that do not serve, and why

        """
}
