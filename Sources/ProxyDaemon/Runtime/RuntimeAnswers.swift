internal import Glibc
internal import ProxyConfig
internal import ProxyEngine
internal import RuntimeAPI
internal import Syscalls

/// What a stats socket answers.
enum RuntimeAnswers {
    static let help = """
        The following commands are valid at this level:
          clear table <table> [<filter>|key <k>]  : forget entries of a stick table
          disable server <backend>/<server>       : as `set server … state maint`
          enable server <backend>/<server>        : as `set server … state ready`
          get weight <backend>/<server>           : a server's weight
          help                                    : this message
          set maxconn server <backend>/<server> N : most connections of a server
          set server <backend>/<server> health up|stopping|down
          set server <backend>/<server> state ready|drain|maint
          set server <backend>/<server> weight N|N%
          set weight <backend>/<server> N|N%      : as `set server … weight`
          set table <table> key <k> [data.* <v>]* : update or create a table entry's data
          show backend                            : the names of all backends
          show info                               : who this process is
          show quarantine                         : show what does not serve, and why
          show servers state [<backend>]          : the state of servers, for machines
          show stat [<proxy> <type> <server>]     : counters of frontends, backends and servers, as CSV
          show table <table> [<filter>]*          : report table usage stats or dump this table's contents (option: data or key)

        """

    /// Who serves.
    struct Process {
        var id: Int32
        /// Milliseconds of the monotonic clock.
        var startedAt: UInt64
        var now: UInt64

        var seconds: UInt64 { (now - startedAt) / 1000 }
    }

    /// Commands may follow each other with `;` between them; each answer ends with an empty line.
    static func answer<Target>(
        _ line: String,
        _ door: CommandDoor,
        _ controller: borrowing Controller<Target>,
        _ process: Process
    ) -> CommandAnswer {
        var text = ""
        for part in line.split(separator: ";", omittingEmptySubsequences: false) {
            let command = RuntimeCommand(part)
            if case .passListeners = command {
                switch door {
                case .master, .stats(_, exposesListeners: true): return .listeners(controller.book.listeners)
                // As HAProxy: not even a number.
                case .stats: return .text("")
                }
            }
            if !door.allows(command.level) {
                text += "Permission denied\n\n"
                continue
            }
            do throws(SystemError) {
                text += try words(command, door, controller, process) + "\n"
            } catch {
                text += "The worker does not answer: \(error)\n\n"
            }
        }
        return .text(text)
    }

    private static func words<Target>(
        _ command: RuntimeCommand,
        _ door: CommandDoor,
        _ controller: borrowing Controller<Target>,
        _ process: Process
    ) throws(SystemError) -> String {
        switch command {
        case .help, .passListeners: return help
        case .unknown(let text):
            return "Unknown command: '\(text)', but maybe one of the following ones is a better match:\n\(help)"
        case .refused(let words): return words
        case .showQuarantine: return controller.quarantineLines.map { $0 + "\n" }.joined()
        case .showInfo: return info(controller.settings, try controller.target.report(), process)
        case .showBackends:
            return "# name\n" + (try controller.snapshot()).backends.map { $0.name + "\n" }.joined()
        case .showStatistics(let filter):
            return StatisticsTable(try controller.snapshot(), try controller.target.report(), filter).text
        case .showServersState(let backend):
            let snapshot = try controller.snapshot()
            if let backend, !snapshot.backends.contains(where: { $0.name == backend }) {
                return "Can't find backend.\n"
            }
            return ServersState(snapshot, try controller.target.report(), of: backend).text
        case .weight(of: let path):
            return try controller.find(path) { server, report in "\(report.weight) (initial \(server.weight))\n" }
        case .relativeWeight(of: let path, let percent):
            var weight: UInt32 = 0
            let refusal = try controller.find(path) { server, _ in
                weight = min(256, UInt32(server.weight) * min(percent, 25600) / 100)
                return ""
            }
            if !refusal.isEmpty { return refusal }
            return try perform(path.order(.weight(weight)), controller)
        case .order(let order): return try perform(order, controller)
        case .table(let command):
            let tables = controller.kept.stickTables
            return try command.answer(
                tables,
                controller.target,
                isPrivileged: door.allows(.operator) || door.allows(.admin)
            )
        }
    }

    /// Empty if it is done.
    private static func perform<Target>(
        _ order: ServerOrder,
        _ controller: borrowing Controller<Target>
    ) throws(SystemError) -> String {
        guard try !controller.target.perform(order) else { return "" }
        let isKnown = try controller.snapshot().backends.contains { $0.name == order.backend }
        return isKnown ? "No such server.\n" : "No such backend.\n"
    }

    private static func info(_ settings: EngineSettings, _ report: EngineReport, _ process: Process) -> String {
        let uptime = process.seconds
        var node = utsname()
        uname(&node)
        let name = withUnsafeBytes(of: node.nodename) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        return """
            Name: HAProxy
            Version: \(Talk.version)
            Nbthread: \(settings.threads)
            Nbproc: 1
            Process_num: 1
            Pid: \(process.id)
            Uptime: \(uptime / 86400)d \(uptime / 3600 % 24)h\(uptime / 60 % 60)m\(uptime % 60)s
            Uptime_sec: \(uptime)
            Maxconn: \(settings.maxConnections)
            Hard_maxconn: \(settings.maxConnections)
            CurrConns: \(report.connections)
            CumConns: \(report.sessions)
            DroppedLogs: \(report.droppedLogs)
            node: \(name)

            """
    }
}

extension CommandDoor {
    /// Whether what asks for `level` may be said here.
    func allows(_ level: StatsSocket.Level) -> Bool {
        switch self {
        case .master: true
        case .stats(let own, _): own == .admin || level == .user || own == level
        }
    }
}

extension Controller {
    /// What is configured, as values.
    func snapshot() throws(SystemError) -> ProxySnapshot {
        do throws(MalformedSnapshot) {
            return try kept.decoded()
        } catch {
            throw SystemError(code: EPROTO, operation: "read the snapshot")
        }
    }

    /// Words about a server, or why there are none.
    func find(_ path: ServerPath, _ words: (ProxyEngine.Server, ServerReport) -> String) throws(SystemError) -> String {
        guard let backend = try snapshot().backends.first(where: { $0.name == path.backend }) else {
            return "No such backend.\n"
        }
        let report = try target.report().backends.first { $0.proxy.name == path.backend }
        guard let index = backend.servers.firstIndex(where: { $0.name == path.server }), let report,
            index < report.servers.count
        else { return "No such server.\n" }
        return words(backend.servers[index], report.servers[index])
    }
}
