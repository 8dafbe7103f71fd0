@testable import DataPlaneModel
import Files
import Glibc
import RuntimeAPI
import Synchronization
import Syscalls
import TestSupport
import Testing

/// The real HAProxy behind its master socket, in a network namespace.
@Suite(.blocking) struct HAProxyBackEndTests {
    private static func configuration(_ directory: String) -> String {
        """
        # _version=1
        global
          master-worker
          \(HAProxyProcess.statsLine(in: directory))

        defaults
          mode tcp
          timeout connect 1h
          timeout client 1h
          timeout server 1h

        userlist controller
          user admin insecure-password secret

        frontend f
          bind 127.0.0.1:80
          default_backend b

        backend b
          server s1 127.0.0.1:9 weight 5

        """
    }

    /// - Parameter delay: Milliseconds.
    private static func withAPI(
        delay: Int = 0,
        command: @escaping @Sendable (HAProxyProcess) -> String? = { _ in nil },
        _ body: @escaping @Sendable (Fixture, HAProxyProcess) throws -> Void
    ) throws {
        try withNetworkNamespace {
            try run("ip", "link", "set", "lo", "up")
            try withTemporaryDirectory { directory in
                try AtomicFile.replace(directory + "/haproxy.cfg", with: configuration(directory))
                let haproxy = try HAProxyProcess(in: directory)
                let reloader = MasterReloader(
                    path: haproxy.masterSocket,
                    command: command(haproxy),
                    delayMilliseconds: delay
                )
                let fixture = try Fixture(
                    directory,
                    configuration(directory),
                    reloader: reloader,
                    checker: BackendChecker(reloader, program: "haproxy")
                ) { $0.masterSocket = haproxy.masterSocket }
                try withExtendedLifetime(haproxy) { try body(fixture, haproxy) }
            }
        }
    }

    /// How often the master has reloaded.
    private static func reloads(_ haproxy: HAProxyProcess) throws -> Int? {
        ProcessTable(
            try MasterClient(path: haproxy.masterSocket, timeoutMilliseconds: 30_000).send(
                "show proc",
                waitingForMaster: 30_000
            )
        )?
        .reloads
    }

    private static func version(_ fixture: Fixture) -> Int {
        fixture.send("GET", "configuration/version").json?.integer ?? 0
    }

    private static func status(_ fixture: Fixture, _ reload: String) -> String? {
        fixture.send("GET", "reloads/\(reload)").json?["status"]?.string
    }

    private static func listens(_ port: Int) throws -> Bool {
        try !run("ss", "-Hltn", "src = 127.0.0.1:\(port)").isEmpty
    }

    @Test func aForcedReloadIsInEffect() throws {
        try Self.withAPI(delay: 3_600_000) { fixture, haproxy throws in
            let body = #"{"name":"b2","address":"127.0.0.1","port":81}"#
            let target = "configuration/binds?frontend=f&version=1&force_reload=true"
            let answer = fixture.send("POST", target, body)
            #expect(answer.status == 201, "\(answer.text)")
            #expect(answer.header("Reload-ID") == nil)
            #expect(try Self.reloads(haproxy) == 1)
            #expect(try Self.listens(81))
        }
    }

    @Test func changesOfTheSameMomentsShareAReload() throws {
        try Self.withAPI(delay: 3_600_000) { fixture, haproxy throws in
            var reloads: Set<String> = []
            for port in 81...83 {
                let body = #"{"name":"b\#(port)","address":"127.0.0.1","port":\#(port)}"#
                let version = Self.version(fixture)
                let answer = fixture.send("POST", "configuration/binds?frontend=f&version=\(version)", body)
                #expect(answer.status == 202)
                reloads.insert(try #require(answer.header("Reload-ID")))
            }
            #expect(reloads.count == 1)
            let reload = try #require(reloads.first)
            #expect(Self.status(fixture, reload) == "in_progress")
            #expect(try Self.reloads(haproxy) == 0)
            // The end of the program waits for nothing.
            fixture.api.finishReloads()
            #expect(Self.status(fixture, reload) == "succeeded")
            #expect(try Self.reloads(haproxy) == 1)
            #expect(try (81...83).allSatisfy { try Self.listens($0) })
        }
    }

    @Test func aReloadComesByItself() throws {
        try Self.withAPI(delay: 1) { fixture, _ throws in
            let body = #"{"name":"b2","address":"127.0.0.1","port":81}"#
            let answer = fixture.send("POST", "configuration/binds?frontend=f&version=1", body)
            let reload = try #require(answer.header("Reload-ID"))
            #expect(eventually { Self.status(fixture, reload) == "succeeded" })
            #expect(try Self.listens(81))
        }
    }

    @Test func aReloadThatFailsIsToldSo() throws {
        try Self.withAPI(delay: 3_600_000) { fixture, haproxy throws in
            // An address that is nobody's: the check does not see it.
            let body = #"{"name":"b2","address":"198.51.100.1","port":81}"#
            let answer = fixture.send("POST", "configuration/binds?frontend=f&version=1", body)
            #expect(answer.status == 202)
            fixture.api.finishReloads()
            let reload = fixture.send("GET", "reloads/\(answer.header("Reload-ID") ?? "")").json
            #expect(reload?["status"] == "failed")
            #expect(reload?["response"]?.string?.contains("refused the configuration when it reloaded") == true)
            // Asked to wait for it, the client learns that at once, and nothing is changed.
            let before = try fixture.text
            let forced = fixture.send(
                "POST",
                "configuration/binds?frontend=f&version=2&force_reload=true",
                #"{"name":"b3","address":"198.51.100.2","port":81}"#
            )
            #expect(forced.status == 400)
            #expect(try fixture.text == before)
            #expect(try Self.listens(80))
            #expect(haproxy.log.contains("cannot bind socket"))
        }
    }

    @Test func whatHAProxyRefusesIsToldInItsWords() throws {
        try Self.withAPI { fixture, haproxy throws in
            let text = try fixture.text + "frontend g\n  bind 127.0.0.1:zz\n"
            let answer = fixture.send(
                "POST",
                "configuration/raw?version=1",
                type: "text/plain",
                body: Array(text.utf8)
            )
            #expect(answer.status == 400)
            #expect(answer.message.contains("invalid character 'z' in port number"))
            #expect(try Self.reloads(haproxy) == 0)
        }
    }

    @Test func serversChangeWithoutAReload() throws {
        try Self.withAPI(delay: 3_600_000) { fixture, haproxy throws in
            let client = RuntimeClient(.statsSocket(haproxy.statsSocket), timeoutMilliseconds: 30_000)
            func server() throws -> ServerState? { try client.run(ShowServersState(backend: "b")).first }
            func put(_ body: String) -> APIResponse {
                let version = Self.version(fixture)
                return fixture.send("PUT", "configuration/servers/s1?backend=b&version=\(version)", body)
            }
            let moved = put(#"{"name":"s1","address":"127.0.0.2","port":10,"weight":7}"#)
            #expect(moved.status == 200)
            #expect(moved.header("Reload-ID") == nil)
            #expect(try server()?.address == "127.0.0.2")
            #expect(try server()?.port == 10)
            #expect(try server()?.row.number("srv_uweight") == 7)
            #expect(
                put(#"{"name":"s1","address":"127.0.0.2","port":10,"weight":7,"maintenance":"enabled"}"#).status == 200
            )
            #expect(try server()?.admin == .maint)
            // The same in a transaction.
            let id = try fixture.begin()
            let body = #"{"name":"s1","address":"127.0.0.2","port":10,"weight":9}"#
            #expect(fixture.send("PUT", "configuration/servers/s1?backend=b&transaction_id=\(id)", body).status == 202)
            #expect(fixture.send("PUT", "transactions/\(id)").status == 200)
            #expect(try server()?.admin == .ready)
            // What no running process can take needs a reload, and what follows it too.
            #expect(put(#"{"name":"s1","address":"127.0.0.2","port":10,"weight":9,"maxconn":5}"#).status == 202)
            #expect(put(#"{"name":"s1","address":"127.0.0.2","port":10,"weight":3,"maxconn":5}"#).status == 202)
            #expect(try Self.reloads(haproxy) == 0)
            fixture.api.finishReloads()
            #expect(put(#"{"name":"s1","address":"127.0.0.2","port":10,"weight":4,"maxconn":5}"#).status == 200)
            #expect(try Self.reloads(haproxy) == 1)
            #expect(try server()?.row.number("srv_uweight") == 4)
        }
    }

    @Test func aCommandReloads() throws {
        try Self.withAPI(delay: 3_600_000, command: { "kill -USR2 \($0.pid)" }) { fixture, haproxy throws in
            let body = #"{"name":"b2","address":"127.0.0.1","port":81}"#
            let answer = fixture.send("POST", "configuration/binds?frontend=f&version=1&force_reload=true", body)
            #expect(answer.status == 201, "\(answer.text)")
            // The command only asks for it: a machine that is slow beyond measure may still be at it.
            #expect(try eventually { try Self.reloads(haproxy) == 1 })
            #expect(try eventually { try Self.listens(81) })
        }
        try Self.withAPI(command: { _ in "echo no way >&2; exit 3" }) { fixture, _ throws in
            let body = #"{"name":"b2","address":"127.0.0.1","port":81}"#
            let answer = fixture.send("POST", "configuration/binds?frontend=f&version=1&force_reload=true", body)
            #expect(answer.status == 400)
            #expect(answer.message == "no way\n")
        }
    }
}
