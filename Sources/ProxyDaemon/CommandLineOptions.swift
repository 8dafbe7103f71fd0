internal import ProxyConfig

/// The command line, as HAProxy's.
struct CommandLineOptions: Hashable {
    /// `-f` and what follows `--`, in order.
    var files: [String] = []
    /// `-c`
    var checkOnly = false
    /// `-D`
    var daemon = false
    /// `-db`: stay in the foreground; also no master.
    var foreground = false
    /// `-W`, `-Ws`
    var masterWorker = false
    /// `-Ws`: tell systemd.
    var notify = false
    /// `-S PATH[,mode,…]`, `-S ADDRESS:PORT`
    var masterSocket: String?
    /// Where that is, and why nobody can listen there.
    var masterSocketPlace: SocketAddress?
    var masterSocketProblem: String?
    var pidFile: String?
    /// `-n`
    var maxConnections: Int?
    /// `-N`: `maxconn` of frontends that have none.
    var maxPerFrontend: Int?
    /// `-m`: megabytes of memory.
    var memoryLimit: Int?
    /// `-L`
    var localPeer: String?
    /// `-C`: directory to change to before files are read.
    var directory: String?
    var quiet = false
    var verbose = false
    /// `-d`
    var debug = false
    /// `-v`: 1, `-vv`: 2.
    var showVersion = 0
    /// `-sf`, `-st`: processes of a former start that finish (USR1) or terminate (TERM) once we serve.
    var finishing: [Int32] = []
    var terminating: [Int32] = []
    /// `-x`: the socket of a process that hands over its listening sockets.
    var takeOver: String?
    /// `--last-good`: where a copy of the configuration that serves is kept, and served when the file is refused at start.
    var lastGood: String?
    /// `-dW`: any warning is an error.
    var refusesWarnings = false
    /// Warnings refuse nothing: there is no other configuration left.
    var servesAnyway = false
    /// `-dr`: a server whose name does not resolve is no error.
    var toleratesNames = false
    /// `-dS`: bytes are copied.
    var avoidsSplice = false
    /// `-dD`: `.diag` lines speak.
    var diagnoses = false
    /// `-dV`: certificates of servers are not verified where their lines do not ask for it.
    var trustsServers = false
    /// `-dK`
    var asksForKeywords = false
    /// `-h`
    var asksForHelp = false
    /// `-cc`: a condition to evaluate.
    var condition: String?
    /// `-dL`: name the loaded objects after the check.
    var listsObjects = false

    /// Why a command line is refused.
    struct Refusal: Error, Hashable {
        var message: String
        /// Nothing is known by that name: which options there are is what helps.
        var isUnknown = false
    }

    init() {}

    init(_ arguments: [String]) throws(Refusal) {
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            func value() throws(Refusal) -> String {
                guard let value = rest.popFirst() else { throw Refusal(message: "option \(argument) needs a value") }
                return value
            }
            switch argument {
            case "-f": files.append(try value())
            case "-c": checkOnly = true
            case "-D": daemon = true
            case "-db": foreground = true
            case "-W": masterWorker = true
            case "-Ws": (masterWorker, notify) = (true, true)
            case "-S":
                let text = try value()
                masterSocket = text
                (masterSocketPlace, masterSocketProblem) = Self.masterSocketPlace(text)
                if let wrong = masterSocketOptions.first(where: { !Self.isRight($0) }) {
                    throw Refusal(message: "option -S cannot take '\(wrong.name)' with '\(wrong.value)'")
                }
            case "-p": pidFile = try value()
            case "-C": directory = try value()
            case "-L": localPeer = try value()
            case "-x": takeOver = try value()
            case "-n": maxConnections = Self.count(try value()) ?? maxConnections
            case "-N": maxPerFrontend = Self.count(try value())
            case "-m": memoryLimit = Self.count(try value())
            case "-q": quiet = true
            case "-V": verbose = true
            case "-d": (debug, foreground) = (true, true)
            case "-v": showVersion = 1
            case "-vv": showVersion = 2
            case "--last-good": lastGood = try value()
            case "-cc": condition = try value()
            case "-dD": diagnoses = true
            case "-dW": refusesWarnings = true
            case "-dr": toleratesNames = true
            case "-dS": avoidsSplice = true
            case "-dV": trustsServers = true
            case "-h", "--help": asksForHelp = true
            case "-dL": listsObjects = true
            // Pollers and system calls of HAProxy that can be switched off: nothing here to switch.
            case "-de", "-dp", "-dG", "-dR", "-dZ", "-dC", "-dF": break
            // Their own arguments follow without a blank.
            case _ where argument.hasPrefix("-dK"): asksForKeywords = true
            case _ where argument.hasPrefix("-dM") || argument.hasPrefix("-dt"): break
            case "-sf", "-st":
                while let next = rest.first, !next.hasPrefix("-") {
                    rest.removeFirst()
                    guard let pid = Int32(next), pid > 0 else {
                        throw Refusal(message: "\(argument) option: some bytes unconsumed in PID list {\(next)}")
                    }
                    if argument == "-sf" { finishing.append(pid) } else { terminating.append(pid) }
                }
            case "--":
                files += rest
                rest = []
            default: throw Refusal(message: "unknown option \(argument)", isUnknown: true)
            }
        }
    }

    private static func count(_ text: String) -> Int? { Int(text).flatMap { $0 > 0 ? $0 : nil } }

    /// HAProxy's words, and what is different here.
    static let usage = """
        Usage : haproxy [-f <cfgfile|cfgdir>]* [ -vdVD ] [ -n <maxconn> ] [ -N <maxpconn> ]
                [ -p <pidfile> ] [ -m <max megs> ] [ -C <dir> ] [-- <cfgfile>*]
                -v displays version ; -vv shows known build options.
                -d only disables background mode, as -db.
                -dM[<byte>,help,...] debug memory (no effect)
                -V enters verbose mode (disables quiet mode)
                -D goes daemon ; -C changes to <dir> before loading files.
                -W master-worker mode.
                -Ws master-worker mode with systemd notify support.
                -q quiet mode : don't display messages
                -c check mode : only check config files and exit
                -cc check condition : evaluate a condition and exit
                -n sets the maximum total # of connections (uses ulimit -n)
                -m limits the usable amount of memory (in MB)
                -N sets the default, per-proxy maximum # of connections (0)
                -L set local peer name (default to hostname)
                -p writes pids of all children to this file
                -de disables epoll() usage (no effect)
                -dp disables poll() usage (no effect)
                -dS disables splice usage
                -dG disables getaddrinfo() usage (no effect)
                -dR disables SO_REUSEPORT usage (no effect)
                -dL dumps loaded object files after config checks
                -dK{class[,...]} dump registered keywords (no effect)
                -dr ignores server address resolution failures
                -dV disables SSL verify on servers side
                -dW fails if any warning is emitted
                -dD diagnostic mode : .diag lines of the configuration speak
                -sf/-st [pid ]* finishes/terminates old pids.
                -x <unix_socket> get listening sockets from a unix socket
                -S <bind>[,<bind options>...] new master CLI
                --last-good <file> keeps a copy of what serves, for a start on a file that is refused

        """
}
