internal import Addresses
internal import Glibc
internal import ProxyConfig
internal import ProxyEngine
internal import ProxyStatistics
internal import Syscalls

/// What a process has, and what it does not: `show env`, `startup-logs`, `pools`, `threads`, `activity`, `fd`, `libs`,
/// `show cli sockets`, `show schema json`, `trace`.
enum EnvironmentCommands {
    static let all = [
        RuntimeKeyword(
            "show env",
            "show env [var]",
            "dump environment variables known to the process",
            level: .operator,
            environment
        ),
        ErrorCommands.keyword,
        RuntimeKeyword(
            "show startup-logs",
            "show startup-logs",
            "report logs emitted during HAProxy startup",
            level: .operator,
            startup
        ),
        RuntimeKeyword("show cli sockets", "show cli sockets", "dump list of cli sockets") { call in
            "# socket lvl processes\n" + call.host.socketLines.map { $0 + "\n" }.joined()
        },
        RuntimeKeyword("show libs", "show libs", "show loaded object files and libraries", level: .operator) { _ in
            Version.loadedObjects
        },
        RuntimeKeyword("show schema json", "show schema json", "report schema used for stats") { _ in
            StatisticsSchema.text + "\n"
        },
        RuntimeKeyword(
            "show activity",
            "show activity",
            "show per-thread activity stats (for support/developers)",
            activity
        ),
        RuntimeKeyword("show pools", "show pools", "report information about the memory pools usage", pools),
        RuntimeKeyword(
            "show threads",
            "show threads",
            "show some threads debugging information",
            threads
        ),
        RuntimeKeyword(
            "show fd",
            "show fd [num]",
            "dump list of file descriptors in use or a specific one",
            level: .operator,
            descriptors
        ),
        RuntimeKeyword(
            "trace",
            "trace [<module>|0] [cmd [args...]]",
            "manage live tracing (empty to list, 0 to stop all)",
            level: .operator
        ) {
            call in
            switch call[0] {
            case "":
                "Supported trace sources and states (.=stopped, w=waiting, R=running) :\n"
                    + " [.] 0          : not a source, will immediately stop all traces\n"
            case "0": "All traces now stopped"
            default: "No such trace source"
            }
        },
    ]

    /// Of a start without a word of warning nothing is said, as by HAProxy.
    private static func startup(_ call: RuntimeCall) -> String {
        let lines = call.host.startupLines
        if lines.isEmpty { return "\n" }
        let heads = ["haproxy version is \(Talk.version)", "path to executable is \(ProxyDaemon.executablePath())"]
        return (heads.map { Talk.line(.notice, $0) } + lines).map { $0 + "\n" }.joined()
    }

    private static func environment(_ call: RuntimeCall) -> String {
        var text = ""
        var pointer = environ
        while let entry = pointer.pointee {
            pointer += 1
            let line = String(cString: entry)
            if call[0].isEmpty {
                text += line + "\n"
            } else if line.hasPrefix(call[0] + "=") {
                return line + "\n"
            }
        }
        return call[0].isEmpty ? text : "Variable not found\n"
    }

    /// HAProxy's lines: turns of a thread are loops and looks at what has come; of what it does not do here there is none.
    private static let activityLines: [(String, Int?)] =
        ["ctxsw", "tasksw", "empty_rq", "long_rq"].map { ($0, nil) } + [("loops", 0)]
        + ["wake_tasks", "wake_signal"].map { ($0, nil) } + [("poll_io", 0)]
        + ["poll_exp", "poll_drop_fd", "poll_skip_fd", "conn_dead", "stream_calls", "pool_fail", "buf_wait"]
        .map { ($0, nil) } + ["cpust_ms_tot", "cpust_ms_1s", "cpust_ms_15s", "avg_loop_us"].map { ($0, nil) }
        + [("accepted", 1)] + ["accq_pushed", "accq_full", "accq_ring", "fd_takeover"].map { ($0, nil) }

    private static func activity(_ call: RuntimeCall) throws(SystemError) -> String {
        let bytes = try call.host.ask(.activity)
        let numbers = stride(from: 0, to: bytes.count - 7, by: 8).map { start in
            bytes[start..<start + 8].reversed().reduce(0) { $0 << 8 | UInt64($1) }
        }
        let count = numbers.count / 2
        func line(_ name: String, _ place: Int) -> String {
            let values = (0..<count).map { numbers[2 * $0 + place] }
            let each = count > 1 ? " [ \(values.map { "\($0)" }.joined(separator: " ")) ]" : ""
            return "\(name): \(values.reduce(0, +))\(each)\n"
        }
        let now = Clocks.microseconds()
        let rest = "\(now % 1_000_000)"
        return "thread_id: 1 (1..\(count))\n"
            + "date_now: \(now / 1_000_000).\(String(repeating: "0", count: 6 - rest.count))\(rest)\n"
            + activityLines.map { name, place in place.map { line(name, $0) } ?? "\(name): 0\n" }.joined()
    }

    private static func pools(_ call: RuntimeCall) throws(SystemError) -> String {
        PoolReport.text(try call.host.processReport())
    }

    private static func threads(_ call: RuntimeCall) throws(SystemError) -> String {
        let count = Int(try call.host.processReport().threads)
        return (1...max(1, count)).map { number in
            "\(number == 1 ? "*" : " ") Thread \(number) : id=0x\(number) act=1 glob=0 wq=0 rq=0 tl=0 tlsz=0 rqsz=0\n"
                + "      1/\(number)    stuck=0 prof=0 harmless=1 wantrdv=0\n"
        }.joined()
    }

    /// Those of sessions, with what is known of them here; the kernel knows the others (`ls -l /proc/PID/fd`).
    private static func descriptors(_ call: RuntimeCall) throws(SystemError) -> String {
        let wanted = call[0].isEmpty ? nil : CNumber.int(call[0])
        let sessions = try call.host.sessions()
        let ends = sessions.flatMap { session in
            [(session.clientDescriptor, false, session), (session.serverDescriptor, true, session)]
        }
        return ends.filter { $0.0 >= 0 && (wanted == nil || wanted == Int($0.0)) }.sorted { $0.0 < $1.0 }.map {
            descriptor,
            isBack,
            session in
            let padding = String(repeating: " ", count: max(0, 7 - "\(descriptor)".count))
            let name =
                isBack ? "sv=\(session.backend ?? "")/\(session.server ?? "")" : "fe=\(session.frontend)"
            // The port of ours towards a server is not kept.
            let place =
                if isBack {
                    session.serverAddress.map { " fam=\(family($0)) rport=\($0.port)" } ?? ""
                } else if let source = session.source, let destination = session.destination {
                    " fam=\(family(source)) lport=\(destination.port) rport=\(source.port)"
                } else {
                    " fam=unix"
                }
            return "\(padding)\(descriptor) : gid=1 tmask=0x\(String(UInt64(1) << UInt64(session.thread), radix: 16)) "
                + "back=\(isBack ? 1 : 0)\(place) \(name)\n"
        }.joined()
    }

    private static func family(_ endpoint: Endpoint) -> String { endpoint.address.family == .v4 ? "ipv4" : "ipv6" }
}
