import Glibc
import Syscalls
import TestSupport
import Testing

/// How the program ends, and what it says of it, beside the real HAProxy: signals, a former process that is not there, a pid
/// file that cannot be.
@Suite(.blocking) struct ProcessEndTests {
    private static func configuration(_ host: UInt8) -> String {
        """
        defaults
          mode tcp
          timeout connect 5s
          timeout client 5s
          timeout server 5s
        frontend f
          bind 127.0.0.\(host):80
          default_backend b
        backend b
          server s 127.0.0.1:9

        """
    }

    private static let programs: [(String, UInt8)] = [(proxyd, 1), ("haproxy", 2)]

    private static func start(_ program: String, _ host: UInt8, _ words: [String], in directory: String) throws
        -> Background
    {
        try start([program], host, words, in: directory)
    }

    private static func start(_ program: [String], _ host: UInt8, _ words: [String], in directory: String) throws
        -> Background
    {
        let place = "\(directory)/\(host)"
        mkdir(place, 0o755)
        let path = "\(place)/haproxy.cfg"
        try FileDescriptor.open(path, O_WRONLY | O_CREAT, mode: 0o600).writeAll(Array(configuration(host).utf8))
        return try Background(program + words + ["-f", path], in: place)
    }

    /// What is said at the end and of refusals; process ids and versions are no matter.
    private static func said(_ text: String) -> [String] {
        let words = [
            "Exiting", "exited with", "pidfile", "old process", "haproxy version", "path to executable",
        ]
        return text.split(separator: "\n").filter { line in words.contains { line.contains($0) } }.map { line in
            let masked = line.replacing(/\([0-9]+\)/, with: "(n)")
            return masked.contains("haproxy version") || masked.contains("path to") ? "about" : String(masked)
        }
    }

    @Test(arguments: [["-db"], ["-W", "-db"], ["-W"]], [SIGTERM, SIGINT, SIGUSR1])
    func signals(mode: [String], signal: CInt) throws {
        try withDaemonRoom { directory in
            var ends: [CInt?] = []
            var lines: [[String]] = []
            for (program, host) in Self.programs {
                let process = try Self.start(program, host, mode, in: directory)
                let listens = try eventually { try Oracle.listens("127.0.0.\(host):80") }
                let isReady = eventually { mode == ["-db"] || process.errors.contains("Loading success.") }
                try #require(listens && isReady, "\(process.errors)")
                // HAProxy's master starts itself again, and hears of signals after that.
                if mode != ["-db"] {
                    let isItself = eventually { program == proxyd || Self.waits(process.pid) }
                    try #require(isItself)
                    try #require(
                        eventually { Self.awaits(signal, process.pid, by: program == proxyd ? "SigBlk:" : "SigCgt:") }
                    )
                }
                // Before its master waits for them, HAProxy may lose signals.
                let isHeard = eventually {
                    process.signal(signal)
                    return mode == ["-db"]
                        || eventually(seconds: 5) { process.errors.contains("Exiting Master") || process.poll() != nil }
                }
                let hasEnded = eventually { process.poll() != nil }
                #expect(isHeard && hasEnded)
                ends.append(process.poll())
                lines.append(Self.said(process.errors).filter { $0 != "about" })
            }
            #expect(ends[0] == ends[1])
            #expect(lines[0] == lines[1])
        }
    }

    /// Signals that would end a process and do not end HAProxy's; SIGHUP and SIGUSR2 are a reload where there is a master.
    @Test(arguments: [(["-db"], false), (["-W", "-db"], false), (["-W", "-db"], true)])
    func signalsThatEndNothing(mode: [String], hearsWorker: Bool) throws {
        let hasMaster = mode != ["-db"]
        try withDaemonRoom { directory in
            for (program, host) in Self.programs {
                let process = try Self.start(program, host, mode, in: directory)
                let listens = try eventually { try Oracle.listens("127.0.0.\(host):80") }
                let isReady = eventually { !hasMaster || process.errors.contains("Loading success.") }
                try #require(listens && isReady, "\(process.errors)")
                if hasMaster {
                    let isItself = eventually { program == proxyd || Self.waits(process.pid) }
                    try #require(isItself)
                }
                let pid = hearsWorker ? try #require(Self.child(of: process.pid)) : process.pid
                var signals = [SIGALRM, SIGPIPE, SIGQUIT]
                if hasMaster && !hearsWorker { signals.append(SIGPROF) } else { signals += [SIGHUP, SIGUSR2] }
                let mask = program == proxyd ? "SigBlk:" : "SigCgt:"
                let awaits = eventually { Self.awaits(SIGALRM, pid, by: mask) }
                try #require(awaits)
                for signal in signals {
                    kill(pid, signal)
                    // It has been delivered, and the process is there.
                    let isTaken = eventually { !Self.isPending(signal, pid) }
                    #expect(isTaken, "\(program) \(mode) \(signal)")
                    #expect(kill(pid, 0) == 0 && process.poll() == nil, "\(program) \(mode) \(signal)")
                }
                if !hasMaster || hearsWorker {
                    let isSaid = eventually { process.errors.contains("Total: ") }
                    let head = "Dumping pools usage. Use SIGQUIT to flush them.\n  - Pool "
                    #expect(isSaid && process.errors.contains(head), "\(process.errors)")
                } else {
                    #expect(!process.errors.contains("Dumping"))
                }
                #expect(try Oracle.listens("127.0.0.\(host):80"))
                #expect(process.poll() == nil)
                if hearsWorker { #expect(Self.child(of: process.pid) == pid) }
            }
        }
    }

    /// Who starts it may have blocked signals; it hears them nevertheless.
    @Test(arguments: [["-db"], ["-W", "-db"]])
    func signalsThatAreBlockedAreLetIn(mode: [String]) throws {
        try withDaemonRoom { directory in
            for (program, host) in Self.programs {
                let words = ["env", "--block-signal=XCPU", "--block-signal=TERM", program]
                let process = try Self.start(words, host, mode, in: directory)
                let listens = try eventually { try Oracle.listens("127.0.0.\(host):80") }
                try #require(listens, "\(process.errors)")
                let isLetIn = eventually { !Self.awaits(SIGXCPU, process.pid, by: "SigBlk:") }
                #expect(isLetIn, "\(program)")
                // Before its master waits, HAProxy may lose signals.
                let isOver = eventually {
                    process.signal(SIGTERM)
                    return eventually(seconds: 2) { process.poll() != nil }
                }
                #expect(isOver, "\(program)")
            }
        }
    }

    private static func child(of pid: pid_t) -> pid_t? {
        guard let text = try? run("cat", "/proc/\(pid)/task/\(pid)/children") else { return nil }
        return text.split(whereSeparator: \.isWhitespace).first.flatMap { pid_t($0) }
    }

    private static func isPending(_ signal: CInt, _ pid: pid_t) -> Bool { awaits(signal, pid, by: "ShdPnd:") }

    /// It is HAProxy's master after it has started itself again.
    private static func waits(_ pid: pid_t) -> Bool {
        guard let file = try? FileDescriptor.open("/proc/\(pid)/environ", O_RDONLY), let bytes = try? file.readToEnd()
        else { return false }
        return String(decoding: bytes, as: UTF8.self).contains("HAPROXY_MWORKER_WAIT_ONLY=1")
    }

    /// Ours blocks the signals that it takes as events; HAProxy blocks them, too, before it catches them, and would die of them then.
    private static func awaits(_ signal: CInt, _ pid: pid_t, by mask: String) -> Bool {
        guard let text = try? run("cat", "/proc/\(pid)/status") else { return false }
        let masks = text.split(separator: "\n").filter { $0.hasPrefix(mask) }
        return masks.contains { line in
            (UInt64(line.split(separator: "\t").last ?? "", radix: 16) ?? 0) >> UInt64(signal - 1) & 1 == 1
        }
    }

    @Test(arguments: [["-db"], ["-D"], ["-W", "-db"]])
    func aFormerProcessThatIsNotThere(mode: [String]) throws {
        try withDaemonRoom { directory in
            var lines: [[String]] = []
            for (program, host) in Self.programs {
                let words = mode + ["-x", "\(directory)/nobody.sock"]
                let process = try Self.start(program, host, words, in: directory)
                if mode.contains("-W") {
                    // There it goes on without.
                    let listens = try eventually { try Oracle.listens("127.0.0.\(host):80") }
                    #expect(listens && process.poll() == nil, "\(process.errors)")
                } else {
                    let hasEnded = eventually { process.poll() != nil }
                    #expect(hasEnded && process.poll() == 1, "\(process.errors)")
                }
                lines.append(Array(Self.said(process.errors).prefix(4)))
            }
            #expect(lines[0] == lines[1])
            #expect(lines[0].count == 4 && lines[0][3].contains("Failed to get the sockets from the old process!"))
        }
    }

    @Test(arguments: [["-db"], ["-D"], ["-W", "-db"], ["-W", "-D"]])
    func aPIDFileThatCannotBe(mode: [String]) throws {
        try withDaemonRoom { directory in
            var lines: [[String]] = []
            for (program, host) in Self.programs {
                let process = try Self.start(program, host, mode + ["-p", "\(directory)/none/pid"], in: directory)
                if mode == ["-db"] {
                    // It has none.
                    let listens = try eventually { try Oracle.listens("127.0.0.\(host):80") }
                    #expect(listens && process.poll() == nil, "\(process.errors)")
                } else {
                    let hasEnded = eventually { process.poll() != nil }
                    #expect(hasEnded && process.poll() == 1, "\(process.errors)")
                    #expect(!process.errors.contains("success"))
                }
                lines.append(Self.said(process.errors))
            }
            #expect(lines[0] == lines[1])
            #expect(lines[0].isEmpty == (mode == ["-db"]))
        }
    }
}
