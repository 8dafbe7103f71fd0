import Addresses
import Glibc
import RuntimeAPI
import Syscalls
import TestSupport
import Testing

/// `listeners follow`: who follows is told of every listener before a reload is answered.
@Suite(.blocking) struct FollowTests {
    /// The other end of `listeners follow`.
    private final class Follower {
        private let socket: TestSocket
        private var stream = ListenerStream()
        private var parts: [ListenerStream.Part] = []
        private(set) var listeners: Set<String> = []

        init(_ daemon: DaemonFixture) throws {
            socket = try TestSocket.connect(unix: daemon.client.path)
            try socket.send("listeners follow\n")
        }

        /// The next part of the list.
        func next() throws -> ListenerStream.Part {
            while parts.isEmpty {
                let bytes = try socket.receive()
                if bytes.isEmpty { throw SystemError(code: ECONNRESET, operation: "follow the listeners") }
                parts += try stream.take(bytes)
            }
            let part = parts.removeFirst()
            if part.isWhole { listeners = [] }
            listeners.subtract(part.removed.map { "\($0)" })
            listeners.formUnion(part.added.map { "\($0)" })
            return part
        }

        func say(_ text: String) throws { try socket.send(text) }

        func answer(_ part: ListenerStream.Part) throws { try say(ListenerVerdict(sequence: part.sequence).text) }
    }

    private static func body(_ binds: String, server: UInt16) -> String {
        "frontend f\n\(binds)  default_backend b\nbackend b\n  server s1 127.0.0.1:\(server)\n"
    }

    @Test func theListIsTheListenersThatOthersCanReach() throws {
        try withDaemonRoom { directory in
            let server = try TestServer.named("s1")
            let daemon = try DaemonFixture(
                Self.body(
                    "  bind 127.0.0.1:80-81\n  bind *:82\n  bind [::1]:83\n  bind :::84 v4v6\n  bind \(directory)/x.sock\n",
                    server: server.port
                ),
                in: directory
            )
            let expected = """
                listen f *:82
                listen f *:84
                listen f 127.0.0.1:80
                listen f 127.0.0.1:81
                listen f [::]:84
                listen f [::1]:83

                """
            #expect(try daemon.client.send("listeners") == expected)
            let follower = try Follower(daemon)
            let part = try follower.next()
            #expect(part.isWhole)
            #expect(part.added.map { "\($0)\n" }.joined() == expected)
        }
    }

    /// Nobody is told of success before the guard has let the new ones through.
    @Test func aReloadIsAnsweredAfterItsFollowers() throws {
        try withDaemonRoom { directory in
            let server = try TestServer.named("s1")
            let daemon = try DaemonFixture(Self.body("  bind 127.0.0.1:80\n", server: server.port), in: directory)
            let follower = try Follower(daemon)
            try follower.answer(try follower.next())

            let reload = try TestSocket.connect(unix: daemon.client.path)
            try DaemonFixture.write(Self.body("  bind 127.0.0.1:81 name b\n", server: server.port), in: directory)
            try reload.send("reload\n")
            let part = try follower.next()
            #expect(part.removed.map { "\($0)" } == ["listen f 127.0.0.1:80"])
            #expect(part.added.map { "\($0)" } == ["listen f 127.0.0.1:81"])
            var wait = pollfd(fd: reload.raw, events: Int16(POLLIN), revents: 0)
            #expect(poll(&wait, 1, 100) == 0, "it is answered before its follower has answered")
            // Others are.
            #expect(try daemon.client.send("show proc").contains("master"))
            try follower.say("conflict 127.0.0.1 02:00:00:00:00:01\nok \(part.sequence)\n")
            #expect(
                try reload.receiveAll() == """
                    Success=1
                    --
                    bind f/b 127.0.0.1:81 added conflict 02:00:00:00:00:01
                    bind f/127.0.0.1:80 127.0.0.1:80 removed
                    kept=0 added=1 removed=1 quarantined=0

                    """
            )
            // What changes nothing of it waits for nobody, and says it again, also what was heard since.
            try follower.say("conflict 127.0.0.1 02:00:00:00:00:02\nok \(part.sequence)\n")
            let repeated = "bind f/b 127.0.0.1:81 kept conflict 02:00:00:00:00:02\n"
            #expect(try eventually { try daemon.client.reload().text.hasPrefix(repeated) })
            try follower.say("ok \(part.sequence)\n")
            #expect(try eventually { try daemon.client.reload().text == "kept=1 added=0 removed=0 quarantined=0\n" })
        }
    }

    /// Its address becomes the machine's while the change is answered: the first attempt fails, and the answer is true.
    @Test func aBindWhoseAddressComesServesWhenItIsAnswered() throws {
        try withDaemonRoom { directory in
            let server = try TestServer.named("s1")
            let daemon = try DaemonFixture(Self.body("  bind 127.0.0.1:80\n", server: server.port), in: directory)
            let follower = try Follower(daemon)
            try follower.answer(try follower.next())

            let reload = try TestSocket.connect(unix: daemon.client.path)
            let binds = "  bind 127.0.0.1:80\n  bind 192.0.2.1:80 name own\n  bind 192.0.2.2:80 name far\n"
            try DaemonFixture.write(Self.body(binds, server: server.port), in: directory)
            try reload.send("reload\n")
            let first = try follower.next()
            #expect(Set(first.added.map { "\($0)" }) == ["want f 192.0.2.1:80", "want f 192.0.2.2:80"])
            try run("ip", "route", "add", "local", "192.0.2.1/32", "dev", "lo")
            try follower.say("outside 192.0.2.2\n")
            try follower.answer(first)
            let second = try follower.next()
            #expect(second.added.map { "\($0)" } == ["listen f 192.0.2.1:80"])
            #expect(second.removed.map { "\($0)" } == ["want f 192.0.2.1:80"])
            try follower.say("outside 192.0.2.2\n")
            try follower.answer(second)
            #expect(
                try reload.receiveAll() == """
                    Success=1
                    --
                    bind f/own 192.0.2.1:80 added
                    bind f/far 192.0.2.2:80 quarantined EADDRNOTAVAIL (Cannot assign requested address) outside
                    kept=1 added=1 removed=0 quarantined=1

                    """
            )
            // A range is added: the follower says so, and nobody waits for the next attempt.
            try run("ip", "route", "add", "local", "192.0.2.2/32", "dev", "lo")
            try follower.say("retry\n")
            #expect(try follower.next().added.map { "\($0)" } == ["listen f 192.0.2.2:80"])
        }
    }

    @Test func aFollowerThatHangsOrGoesHoldsUpAReloadForTwoSeconds() throws {
        try withDaemonRoom { directory in
            let server = try TestServer.named("s1")
            let daemon = try DaemonFixture(Self.body("  bind 127.0.0.1:80\n", server: server.port), in: directory)
            var follower: Follower? = try Follower(daemon)
            _ = try follower?.next()
            let answer = try daemon.reload(Self.body("  bind 127.0.0.1:81\n", server: server.port))
            #expect(answer.success)
            #expect(answer.isLate)
            #expect(answer.text.hasSuffix("guard late\nkept=0 added=1 removed=1 quarantined=0\n"))
            // It goes, and none has to be waited for.
            follower = nil
            #expect(
                try eventually { try !daemon.reload(Self.body("  bind 127.0.0.1:82\n", server: server.port)).isLate }
            )
            // It comes again, and knows all.
            var another: Follower? = try Follower(daemon)
            let part = try #require(try another?.next())
            #expect(another?.listeners == ["listen f 127.0.0.1:82"])
            // Since it has answered, something is closed without it: nobody is told that all is well.
            try another?.answer(part)
            another = nil
            let alone = try daemon.reload(Self.body("  bind 127.0.0.1:83\n", server: server.port))
            #expect(alone.success)
            #expect(alone.isLate)
        }
    }

    /// The program is replaced on disk, and goes on with this reload: who followed the former one follows the next before
    /// the answer.
    @Test func aNewProgramWaitsForItsFollowersToo() throws {
        try withDaemonRoom { directory in
            let server = try TestServer.named("s1")
            let program = "\(directory)/haproxy"
            try run("cp", proxyd, program)
            let daemon = try DaemonFixture(
                Self.body("  bind 127.0.0.1:80\n", server: server.port),
                in: directory,
                program: program
            )
            let follower = try Follower(daemon)
            try follower.answer(try follower.next())
            try run("cp", proxyd, "\(program).new")
            try run("mv", "\(program).new", program)
            let reload = try TestSocket.connect(unix: daemon.client.path)
            try DaemonFixture.write(Self.body("  bind 127.0.0.1:81 name b\n", server: server.port), in: directory)
            try reload.send("reload\n")
            #expect(throws: (any Error).self) { try follower.next() }
            let next = try Follower(daemon)
            let part = try next.next()
            #expect(next.listeners == ["listen f 127.0.0.1:81"])
            try next.say("conflict 127.0.0.1 02:00:00:00:00:01\nok \(part.sequence)\n")
            let answer = try reload.receiveAll()
            #expect(answer.hasPrefix("Success=1\n"))
            #expect(!answer.contains("guard late"))
            #expect(answer.contains("bind f/b 127.0.0.1:81 added conflict 02:00:00:00:00:01\n"))
        }
    }

    @Test func itIsToldOfWhatComesWithoutAReload() throws {
        try withDaemonRoom { directory in
            let server = try TestServer.named("s1")
            let daemon = try DaemonFixture(
                Self.body("  bind 127.0.0.1:80\n  bind 192.0.2.1:80\n", server: server.port),
                in: directory
            )
            let follower = try Follower(daemon)
            _ = try follower.next()
            #expect(follower.listeners == ["listen f 127.0.0.1:80", "want f 192.0.2.1:80"])
            try run("ip", "address", "add", "192.0.2.1/32", "dev", "lo")
            #expect(try follower.next().added.map { "\($0)" } == ["listen f 192.0.2.1:80"])
            // Another process asks for the ports.
            daemon.program.signal(SIGTTOU)
            _ = try follower.next()
            #expect(follower.listeners == [])
            daemon.program.signal(SIGTTIN)
            _ = try follower.next()
            #expect(follower.listeners == ["listen f 127.0.0.1:80", "listen f 192.0.2.1:80"])
        }
    }

    @Test(arguments: ["", "listen f", "nonsense\n", String(repeating: "x", count: 9000)])
    func aStreamThatIsNoListIsRefused(_ text: String) throws {
        var stream = ListenerStream()
        if text.isEmpty || text == "listen f" {
            #expect(try stream.take(Array(text.utf8)) == [])
        } else {
            #expect(throws: ListenerStream.Malformed.self) { try stream.take(Array(text.utf8)) }
        }
    }

    @Test func verdictsAreReadAsTheyAreWritten() throws {
        let address = try #require(IPAddress("10.0.0.1"))
        let mac = try #require(MACAddress("02:00:00:00:00:01"))
        let verdict = ListenerVerdict(
            sequence: 7,
            conflicts: [address: mac],
            outside: [try #require(IPAddress("fd00::1"))]
        )
        var read = ListenerVerdict(sequence: 0)
        let lines = verdict.text.split(separator: "\n")
        #expect(lines.map { read.take(line: $0) } == [false, false, true])
        #expect(read == verdict)
    }
}
