public import Diagnostics
internal import Files
public import ProxyConfig
public import RuntimeAPI
public import Syscalls

/// What the proxy is to serve, and what the running one says of it.
public struct ProxyView: Sendable {
    /// What a line of `show stat` says of a frontend, a backend or a server.
    public struct Status: Sendable, Hashable {
        /// `OPEN`, `UP`, `UP 1/3`, `DOWN`, `MAINT`, `DRAIN`, `no check`.
        public var words: String
        /// Of the last check: `L4TOUT`, `L7OK`; nil if none was made.
        public var check: String?
        /// Seconds since it last changed.
        public var since: Int?
        /// Connections now.
        public var connections: Int?

        /// Whether new connections can go there.
        public var takesConnections: Bool {
            ["UP", "OPEN", Self.unchecked].contains { words.hasPrefix($0) }
        }

        /// Whether nobody looks how it is: it counts as good.
        public var isUnchecked: Bool { words == Self.unchecked }

        private static let unchecked = "no check"
    }

    struct Name: Hashable {
        var proxy: String
        /// `FRONTEND`, `BACKEND`, or a server's.
        var part: String
    }

    /// The configuration's path.
    public var path: String
    /// nil: there is no file.
    public var file: ConfigurationFile?
    /// nil where there is no file, or one that the check refuses.
    public var model: ProxyModel?
    public var diagnostics: [Diagnostic] = []
    /// nil: nobody answers on the master socket, or nobody knows the command.
    var statuses: [Name: Status]?
    /// Where the running proxy listens; empty where it does not tell.
    public var listeners: [ProxyListener] = []
    /// The lines of `show quarantine`.
    public var quarantine: [String] = []
    /// Why the running proxy could not be asked.
    public var silence: String?

    init(path: String, text: String? = nil) {
        self.path = path
        guard let text else { return }
        let file = ConfigurationFile(text, file: path)
        let result = file.checked()
        self.file = file
        model = result.model
        diagnostics = result.diagnostics
    }

    /// Reads the configuration and asks the running proxy.
    ///
    /// - Throws: If there is a file and it cannot be read.
    public static func read(_ path: String, masterSocket: String) throws(SystemError) -> ProxyView {
        var view = ProxyView(path: path, text: try AtomicFile.readText(path))
        let client = RuntimeClient(.masterSocket(masterSocket), timeoutMilliseconds: 3000)
        do throws(RuntimeError) {
            view.take(try client.run(ShowStat()))
        } catch {
            view.silence = "\(error)"
        }
        if view.silence == nil, let answer = try? MasterClient(path: masterSocket).send("listeners") {
            view.listeners = answer.split(separator: "\n").compactMap { ProxyListener(line: $0) }
        }
        if view.silence == nil, let answer = try? MasterClient(path: masterSocket).send("show quarantine") {
            view.quarantine = answer.split(separator: "\n").map { String($0) }.filter { $0.contains(" quarantined") }
        }
        return view
    }

    mutating func take(_ table: RuntimeTable) {
        var statuses: [Name: Status] = [:]
        for row in table {
            guard let proxy = row["pxname"], let part = row["svname"] else { continue }
            statuses[Name(proxy: proxy, part: part)] = Status(
                words: row["status"] ?? "",
                check: row["check_status"],
                since: row.number("lastchg"),
                connections: row.number("scur")
            )
        }
        self.statuses = statuses
    }

    public func status(ofFrontend name: String) -> Status? { statuses?[Name(proxy: name, part: "FRONTEND")] }

    public func status(ofServer server: String, of backend: String) -> Status? {
        statuses?[Name(proxy: backend, part: server)]
    }

    /// Whether the running proxy answered.
    public var isRunning: Bool { statuses != nil }

    /// Why a bind of a frontend does not serve, in the running proxy's words; nil if it does.
    func quarantine(of frontend: String, at endpoint: String) -> String? {
        for line in quarantine {
            let words = line.split(separator: " ", maxSplits: 4)
            guard words.count >= 4, words[0] == "bind", words[1].hasPrefix(frontend + "/"), words[2] == endpoint else {
                continue
            }
            return words.count > 4 ? String(words[4]) : "it does not say why"
        }
        return nil
    }
}
