import Glibc
import RuntimeAPI
import Synchronization
import Syscalls
import TestSupport
import Testing

/// Rings, TCP, samples, structured data and formats of refusals, against the real HAProxy: the same messages, but for times,
/// ports and process ids.
@Suite(.blocking) struct LogRingTests {
    /// Takes what comes over TCP.
    private final class Collector: Sendable {
        private final class Text: Sendable {
            let value = Mutex("")
        }

        private let text = Text()
        private let server: TestServer

        init() throws {
            server = try TestServer { [text] socket in
                var none = timeval()
                setsockopt(socket.raw, SOL_SOCKET, SO_RCVTIMEO, &none, socklen_t(MemoryLayout<timeval>.size))
                while true {
                    let bytes = try socket.receive()
                    if bytes.isEmpty { return }
                    text.value.withLock { $0 += String(decoding: bytes, as: UTF8.self) }
                }
            }
        }

        var port: UInt16 { server.port }
        var received: String { text.value.withLock { $0 } }
    }

    private func lines(_ directory: String, _ start: (String) throws -> Background) throws -> [String] {
        let collectors = try (0..<4).map { _ in try Collector() }
        let udp = try LogReceiver()
        let named = try TestServer.named("hello")
        let program = try start(
            """
            global
              log ring@octets format raw local1
              log ring@plain len 80 format rfc5424 local2
              log tcp@127.0.0.1:\(collectors[2].port) format rfc5424 local3
              log tcp4@localhost:\(collectors[3].port) format short local3 notice
              log \(udp.place) format priority sample 1,3-4:5 local4
            ring octets
              description "of the machine"
              format rfc5424
              maxlen 1200
              size 32764
              timeout connect 5s
              timeout server 10s
              server s1 127.0.0.1:\(collectors[0].port) log-proto octet-count
            ring plain
              maxlen 60
              timeout connect 5s
              timeout server 10s
              server s1 127.0.0.1:\(collectors[1].port)
            defaults
              mode tcp
              log global
              timeout connect 60s
              timeout client 60s
              timeout server 60s
            frontend tcp
              bind 127.0.0.1:80
              option tcplog
              log-format-sd "%{+E,+Q}o[box@1234 frontend=%f server=%s]"
              default_backend named
            frontend refuses
              bind 127.0.0.1:81 accept-proxy
              log-format "fine %ci %f"
              error-log-format "not fine %ci %f %ts %ac %s"
              default_backend named
            backend named
              server s1 127.0.0.1:\(named.port)

            """
        )
        try #require(
            try eventually { try run("ss", "-Hltn", "sport >= 80 and sport <= 81").split(separator: "\n").count == 2 },
            "\(program.errors)"
        )
        for count in 1...9 {
            do {
                let socket = try TestSocket.connect(port: count < 7 ? 80 : 81)
                try socket.send(count < 7 ? "?" : "garbage garbage garbage garbage\r\n")
                _ = try? socket.receiveAll()
            }
            let have = eventually { collectors[2].received.split(separator: "\n").count == count }
            try #require(have, "\(count): \(collectors.map { $0.received }) \(udp.received()) \(program.errors)")
        }
        let have = eventually {
            collectors[0].received.ranges(of: "not fine").count == 3
                && collectors[1].received.split(separator: "\n").count == 9
                && udp.received().count == 6
        }
        #expect(have, "\(collectors.map { $0.received }) \(udp.received())")
        return collectors.map { Self.masked($0.received) } + udp.received().map { Self.masked($0) }
    }

    private static func masked(_ text: String) -> String {
        var text = text
        text.replace(/[0-9-]{10}T[0-9:]{8}\.[0-9]{6}[+-][0-9:]{5}/, with: "ISO")
        text.replace(/\[[0-9]{2}\/[A-Z][a-z]{2}\/[0-9:.]{17}\]/, with: "[DATE]")
        text.replace(/127\.0\.0\.1:[0-9]{4,5}/, with: "127.0.0.1:PORT")
        text.replace(/haproxy [0-9]+ -/, with: "haproxy PID -")
        text.replace(#/\ [0-9]+/[0-9]+/[0-9]+\ /#, with: " t/t/t ")
        text.replace(#/[0-9]+/[0-9]+/[0-9]+/[0-9]+/0\ /#, with: "n/n/n/n/0 ")
        text.replace(#/s1\ [0-9/]+\n/#, with: "s1 cut\n")
        // How long a line is follows from its port and its process id.
        text.replace(/[0-9]+ [<]/, with: "N <")
        return text
    }

    @Test func everyRingHasHAProxysMessages() throws {
        try withDaemonRoom { directory in
            let (ours, theirs) = try Background.ofBoth(in: directory) { start in try lines(directory, start) }
            #expect(ours == theirs)
        }
    }

    private func answers(_ directory: String, _ start: (String) throws -> Background) throws -> [String] {
        let named = try TestServer.named("hello")
        let socket = "\(directory)/stats.sock"
        let program = try start(
            """
            global
              stats socket \(socket)
              log ring@first format rfc5424 local0
              log ring@second local0
            ring first
              description "the first"
            ring second
              format short
              maxlen 40
            defaults
              mode tcp
              log global
              log-format "%ci is a client of %f and of nobody else"
              timeout connect 60s
              timeout client 60s
              timeout server 60s
            listen web
              bind 127.0.0.1:80
              server s1 127.0.0.1:\(named.port)

            """
        )
        try #require(
            try eventually { try run("ss", "-Hltn", "sport = 80").split(separator: "\n").count == 1 },
            "\(program.errors)"
        )
        for source in [1, 2] as [UInt8] {
            let socket = try TestSocket.connect(port: 80, from: source)
            try socket.send("?")
            _ = try socket.receiveAll()
        }
        func ask(_ command: String) throws -> String {
            let connection = try UnixSocket.connect(socket, timeoutMilliseconds: 10000)
            try UnixSocket.send(command + "\n", to: connection.raw)
            return String(decoding: try connection.readToEnd(), as: UTF8.self)
        }
        let have = try eventually { try ask("show events second").contains("127.0.0.2 is a client of web") }
        #expect(have)
        let shown = try [
            "show events", "show events first", "show events second", "show events none", "show events first -x",
            "show events stdout", "show events second -n",
        ].map { try ask($0) }
        return shown.map { Self.masked($0) }
    }

    /// `show events`, of both.
    @Test func eventsAreShown() throws {
        try withDaemonRoom { directory in
            let (ours, theirs) = try Background.ofBoth(in: directory) { start in try answers(directory, start) }
            #expect(ours == theirs)
        }
    }

    /// A server of a ring that comes later gets what was told before; one that goes and comes back loses nothing that was not
    /// on its way; a reload leads to another.
    @Test func aServerOfARingMayGoAndComeBack() throws {
        try withDaemonRoom { directory in
            let named = try TestServer.named("hello")
            let (first, port) = try TestSocket.bound(listening: false)
            func body(_ port: UInt16) -> String {
                """
                ring r
                  timeout connect 1s
                  timeout server 1s
                  server s1 127.0.0.1:\(port)
                frontend f
                  bind 127.0.0.1:80
                  no log
                  log ring@r local0
                  log-format "%ci"
                  default_backend named
                backend named
                  server s1 127.0.0.1:\(named.port)

                """
            }
            let daemon = try DaemonFixture(body(port), in: directory)
            func ask(_ sources: ClosedRange<UInt8>) throws {
                for source in sources {
                    let socket = try TestSocket.connect(port: 80, from: source)
                    try socket.send("?")
                    _ = try socket.receiveAll()
                }
            }
            try ask(1...3)
            // Nobody listened until now.
            listen(first.raw, 8)
            let accepted = accept(first.raw, nil, nil)
            try #require(accepted >= 0)
            let connection = TestSocket(owning: accepted)
            var text = ""
            while !text.hasSuffix("127.0.0.3\n") { text += String(decoding: try connection.receive(), as: UTF8.self) }
            #expect(text == "127.0.0.1\n127.0.0.2\n127.0.0.3\n")
            let collector = try Collector()
            let answer = try daemon.reload(body(collector.port))
            #expect(answer.success, "\(answer.text)")
            try ask(4...5)
            let have = eventually { collector.received == "127.0.0.4\n127.0.0.5\n" }
            #expect(have, "\(collector.received)")
            // Whom nobody writes to any more is left alone.
            #expect(try connection.receive().isEmpty)
        }
    }

    @Test(arguments: [
        "log 127.0.0.1 sample 1 local0", "log 127.0.0.1 sample a:2 local0", "log 127.0.0.1 sample 1:a local0",
        "log 127.0.0.1 sample 3-2:5 local0", "log 127.0.0.1 sample 1-3,2-4:9 local0",
        "log 127.0.0.1 sample 2:1 local0", "log 127.0.0.1 sample :5 local0", "log 127.0.0.1 sample 1,,2:5 local0",
        "log 127.0.0.1 sample 1:0 local0", "log 127.0.0.1 sample 5,1-2:9 local0",
        "log ring@r local0\nring r\n  server a 127.0.0.1:1 log-proto x",
        "log ring@r local0\nring r\n  server a 127.0.0.1:1 chekc", "log ring@r local0\nring r\n  maxlen 20000",
        "log ring@r local0\nring r\n  maxlen 100\n  size 20000\n  format timed", "log ring@buf0 local0",
        "log 127.0.0.1 sample 1:2 format raw local0", "log 127.0.0.1 format raw len 100 local0",
    ])
    func whatIsWrongIsToldInHAProxysWords(_ lines: String) throws {
        try withTemporaryDirectory { directory in
            let path = "\(directory)/haproxy.cfg"
            let text = "global\n  \(lines)\nlisten x\n  bind 127.0.0.1:1\n"
            try FileDescriptor.open(path, O_WRONLY | O_CREAT, mode: 0o600).writeAll(Array(text.utf8))
            let (ours, theirs) = (try verdict(proxyd, path), try verdict("haproxy", path))
            #expect(ours == theirs)
        }
    }

    /// HAProxy finds this out when it starts, and not by `-c`; ours does by both.
    @Test func anUnknownRingIsTold() throws {
        try withTemporaryDirectory { directory in
            let path = "\(directory)/haproxy.cfg"
            let text = "global\n  log ring@none local0\n"
            try FileDescriptor.open(path, O_WRONLY | O_CREAT, mode: 0o600).writeAll(Array(text.utf8))
            let words = "global log server declared in file '\(path)' at line 2 uses unknown ring named 'none'."
            for command in [[proxyd, "-db"], ["haproxy", "-db"], [proxyd, "-c"]] {
                let result = try Subprocess.run(command + ["-f", path])
                #expect(result.status == 1)
                #expect(result.errors.contains("uses unknown ring named 'none'"), "\(result.errors)")
                #expect(command != ["haproxy", "-db"] || result.errors.contains(words))
            }
        }
    }

    /// The exit status and the first thing that is wrong. Status 2 is a right file without a listener.
    private func verdict(_ program: String, _ path: String) throws -> String {
        let result = try Subprocess.run([program, "-c", "-f", path])
        let first = result.errors.split(separator: "\n").first { $0.contains("config : ") && !$0.contains("NOTICE") }
        var words = first.flatMap { $0.split(separator: "config : ", maxSplits: 1).last } ?? ""
        // Where it was found; HAProxy does not say that of everything.
        words.trimPrefix(#/(parsing )?\[[^\]]*\] : /#)
        return "\(result.status == 1) \(words.hasPrefix("missing timeouts") ? "" : words)"
    }
}
