import Glibc
import RuntimeAPI
import Syscalls
import TestSupport
import Testing

/// Variables of the process: `set-var` and `set-var-fmt` of the section `global`, and the commands, beside the real HAProxy.
@Suite(.blocking) struct ProcessVariableTests {
    private static let lines = """
          set-var proc.a,ifnotset int(5)
            set-var proc.a,ifnotset int(6)
            set-var proc.b str(hello),upper
            set-var proc.b,ifgt int(1)
            set-var proc.c var(proc.a),add(1)
            set-var proc.d var(proc.none)
            set-var-fmt proc.e " %[int(3),add(4)]  %[str(x y)] %[var(proc.none)]  %{+Q}[str(q)] [%{+Q}[var(proc.none)]] "
            set-var-fmt proc.f "a  b"
            set-var proc.g env(HOME)
            set-var proc.h str()
            set-var proc.ip ipv4(10.1.2.3),ipmask(8)
            set-var proc.six ipv6(fd00::1)
            set-var proc.t bool(true)
            set-var proc.bin bin(41420043)
            set-var proc.count int(0)
            set-var proc.x int(1),set-var(proc.y),add(1)
        """

    private static let sections = """
          listen counting
            bind 127.0.0.HOST:1005
            tcp-request connection set-var(proc.count) var(proc.count),add(1)
            tcp-request connection set-var(proc.rule) dst_port
            tcp-request connection set-var-fmt(proc.format) " a  b%[var(proc.none)]  c  %[str()] d "
            tcp-request connection unset-var(proc.f)
            tcp-request connection reject if { var(proc.t) -m bool }
        """

    private static let names = [
        "a", "b", "c", "d", "e", "f", "g", "h", "ip", "six", "t", "bin", "count", "rule", "format", "x", "y", "none",
        "",
    ]

    @Test func theyAreWhatTheFileSays() throws {
        try withVariables { ours, theirs in
            func compare() throws {
                for name in Self.names {
                    let answers = try [ours, theirs].map { try $0.client.send("get var proc.\(name)") }
                    #expect(answers[0] == answers[1])
                }
            }
            try compare()
            #expect(try ours.client.send("get var proc.b") == "proc.b: type=sint value=<1>\n")
            for side in [ours, theirs] { _ = try side.ask(1005, "") }
            for side in [ours, theirs] {
                let isCounted = try eventually {
                    try side.client.send("get var proc.format") != "Variable not found.\n\n"
                }
                #expect(isCounted)
            }
            try compare()
            #expect(try ours.client.send("get var proc.count") == "proc.count: type=sint value=<1>\n")
        }
    }

    @Test func commandsSetThem() throws {
        try withVariables { ours, theirs in
            for command in [
                "set var proc.a int(7)", "set var", "user;get var proc.a",
                "operator;experimental-mode on;set var proc.a int(9)",
                "get var", "get var sess.a", "get var foo", "get var proc.a more",
            ]
                + [
                    "set var proc.a int(7);get var proc.a", "set var proc.new str(abc);get var proc.new",
                    "set var proc.a fmt a%[int(3)];get var proc.a", "set var proc.a fmt a\\ \\ b;get var proc.a",
                    "set var proc.a expr int(9);get var proc.a", "set var proc.a", "set var", "set var proc.a int(7) x",
                    "set var sess.a int(7)", "set var proc. int(1)", "set var foo int(1)", "set var proc.a src",
                    "set var proc.a nosuch", "set var proc.a fmt", "set var proc.a expr",
                    "set var proc.a fmt %[nosuch]",
                    "set var proc.a fmt %zz", "set var proc.a fmt %[src]", "set var proc.a-b int(7)",
                    "set var proc.a int(1),foo",
                    "set var proc.n str(x),add(1);get var proc.n", "set var proc.a,ifnotset int(1);get var proc.a",
                    "set var proc.q int(1),set-var(proc.r);get var proc.r",
                    "set var proc.a expr int(1) int(2);get var proc.a",
                    "help set var", "set va", "help get var",
                ].map({ "experimental-mode on;\($0)" })
            {
                let answers = try [ours, theirs].map { try $0.client.send(command) }
                #expect(answers[0] == answers[1], "\(command)")
            }
        }
    }

    /// The same lines are refused, in the same words.
    @Test(arguments: [
        "set-var proc.a src", "set-var proc.a nosuch", "set-var proc.a int(1),foo", "set-var proc.a-b int(1)",
        "set-var proc. int(1)", "set-var-fmt proc.a %[src]", "set-var-fmt proc.a %[nosuch]", "set-var-fmt proc.a %zz",
        "set-var proc.a nbsrv(l)", "set-var proc.a fe_conn(l)", "set-var proc.a req.len", "set-var proc.a str(a",
        "set-var-fmt proc.a-b x", "set-var proc.a", "set-var sess.a int(1)", "set-var proc.a int(1) x",
        "set-var-fmt proc.a %ci", "set-var proc.a var(sess.x)",
    ]) func linesAreRefusedAsByHAProxy(line: String) throws {
        try withTemporaryDirectory { directory in
            let path = "\(directory)/haproxy.cfg"
            let text =
                "global\n  \(line)\nlisten l\n  mode tcp\n  bind 127.0.0.1:1\n  timeout client 1s\n  timeout server 1s\n"
            try FileDescriptor.open(path, O_WRONLY | O_CREAT, mode: 0o600).writeAll(Array(text.utf8))
            func check(_ program: String) throws -> [String] {
                let result = try Subprocess.run([program, "-c", "-f", path])
                // What comes before the message is another matter.
                let lines = result.errors.split(separator: "\n").filter {
                    $0.hasPrefix("[ALERT]") && $0.contains("haproxy.cfg:2]")
                }
                return ["\(result.status)"] + lines.map { $0.components(after: "haproxy.cfg:2]") }
            }
            let (ours, theirs) = (try check(proxyd), try check("haproxy"))
            #expect(ours == theirs)
        }
    }

    @Test func profilingIsOff() throws {
        try withVariables { ours, theirs in
            func compare(_ command: String) throws {
                // HAProxy would turn it on by itself.
                let answers = try [ours, theirs].map {
                    try $0.client.send(command).replacing("auto-off", with: "off     ")
                }
                #expect(answers[0] == answers[1], "\(command)")
            }
            for command in [
                "show profiling", "show profiling 3", "show profiling tasks status", "show profiling status tasks",
                "show profiling byaddr", "show profiling memory", "show profiling all 5 byaddr", "show profiling -1",
                "show profiling 0", "show profiling 5x", "show profiling foo", "set profiling", "set profiling tasks",
                "set profiling tasks foo", "set profiling memory", "set profiling memory on", "set profiling foo on",
                "set profiling tasks off", "show profiling", "help profiling", "operator;show profiling",
                "user;set profiling tasks on",
            ] { try compare(command) }
            #expect(try ours.client.send("set profiling tasks on") == "Task profiling not compiled in.\n\n")
        }
    }

    /// A change of the file counts, and nothing else takes a command's word back.
    @Test func commandsHoldUntilTheFileSaysSomethingElse() throws {
        try withDaemonRoom { directory in
            func body(_ number: Int, _ port: Int) -> String {
                """
                global
                  stats socket \(directory)/stats level admin
                  set-var proc.a int(\(number))
                listen l
                  bind 127.0.0.1:\(port)
                  tcp-request connection reject unless { var(proc.a) -m int 7 }

                """
            }
            let daemon = try DaemonFixture(body(5, 80), in: directory)
            let client = MasterClient(path: "\(directory)/stats", timeoutMilliseconds: 60000)
            func value() throws -> String { try client.send("get var proc.a") }
            #expect(try value() == "proc.a: type=sint value=<5>\n")
            _ = try client.send("experimental-mode on;set var proc.a int(7)")
            #expect(try daemon.reload(body(5, 81)).success)
            _ = try client.send("disable frontend l")
            #expect(try value() == "proc.a: type=sint value=<7>\n")
            #expect(try daemon.reload(body(6, 81)).success)
            #expect(try value() == "proc.a: type=sint value=<6>\n")
        }
    }

    private func withVariables(_ body: @escaping @Sendable (RuntimeSide, RuntimeSide) throws -> Void) throws {
        try withRuntimePair(global: Self.lines, backend: Self.sections, body)
    }
}

extension Substring {
    /// What follows a mark, without the colon and the blanks before it.
    fileprivate func components(after mark: String) -> String {
        guard let range = firstRange(of: mark) else { return String(self) }
        return String(self[range.upperBound...].drop { " :".contains($0) })
    }
}
