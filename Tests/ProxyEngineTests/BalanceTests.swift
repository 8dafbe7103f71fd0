import Addresses
import Glibc
@testable import ProxyEngine
import Syscalls
import TestSupport
import Testing

@Suite(.blocking) struct BalanceTests {
    @Test func equalWeightsRotateStrictly() throws {
        let servers = try ["a", "b", "c"].map { try TestServer.named($0) }
        let names = ["a", "b", "c"]
        let fixture = try EngineFixture(.single(zip(names, servers).map { Server($0, port: $1.port, weight: 100) }))
        #expect(try (0..<9).map { _ in try fixture.ask() } == ["a", "b", "c", "a", "b", "c", "a", "b", "c"])
    }

    @Test func weightsDivideConnections() throws {
        let servers = try ["a", "b"].map { try TestServer.named($0) }
        let fixture = try EngineFixture(
            .single([Server("a", port: servers[0].port, weight: 1), Server("b", port: servers[1].port, weight: 2)])
        )
        let answers = try (0..<9).map { _ in try fixture.ask() }
        #expect(answers.count(where: { $0 == "b" }) == 6)
    }

    @Test func weightZeroTakesNothing() throws {
        let servers = try ["a", "b"].map { try TestServer.named($0) }
        let fixture = try EngineFixture(
            .single([Server("a", port: servers[0].port, weight: 0), Server("b", port: servers[1].port)])
        )
        #expect(try (0..<4).map { _ in try fixture.ask() } == ["b", "b", "b", "b"])
    }

    @Test func aRefusedConnectionGoesToAnotherServer() throws {
        let alive = try TestServer.named("alive")
        let (closed, port) = try TestSocket.bound(listening: false)
        var snapshot = ProxySnapshot.single([Server("dead", port: port), Server("alive", port: alive.port)])
        snapshot.backends[0].redispatchInterval = 1
        let fixture = try EngineFixture(snapshot)
        #expect(try (0..<4).map { _ in try fixture.ask() } == ["alive", "alive", "alive", "alive"])
        _ = closed
    }

    @Test func withoutARetryARefusedConnectionIsClosed() throws {
        let (closed, port) = try TestSocket.bound(listening: false)
        let fixture = try EngineFixture(.single([Server("dead", port: port)], retries: 0))
        #expect(["", "reset"].contains(try fixture.ask()))
        _ = closed
    }

    @Test func checksTakeServersDownAndUpAgain() throws {
        let check = CheckSettings(interval: 50, fall: 2, rise: 2)
        let alive = try TestServer.named("alive")
        let (socket, port) = try TestSocket.bound(listening: false)
        let fixture = try EngineFixture(
            .single([Server("late", port: port, check: check), Server("alive", port: alive.port, check: check)])
        )
        #expect(eventually { fixture.engine.isUp(backend: "be", server: "late") == false })
        #expect(fixture.engine.isUp(backend: "be", server: "alive") == true)
        // The port takes connections now; nobody answers on it, which a check of the connection does not ask.
        listen(socket.raw, 16)
        #expect(eventually { fixture.engine.isUp(backend: "be", server: "late") == true })
    }

    @Test func noServerUpClosesTheConnection() throws {
        let check = CheckSettings(interval: 50, fall: 1, rise: 1)
        let (closed, port) = try TestSocket.bound(listening: false)
        let fixture = try EngineFixture(.single([Server("dead", port: port, check: check)]))
        #expect(eventually { fixture.engine.isUp(backend: "be", server: "dead") == false })
        #expect(["", "reset"].contains(try fixture.ask()))
        _ = closed
    }

    @Test func aBackupServesOnlyWhenNobodyElseCan() throws {
        let check = CheckSettings(interval: 50, fall: 1, rise: 1)
        let main = try TestServer.named("main")
        let backup = try TestServer.named("backup")
        var spare = Server("spare", port: backup.port)
        spare.isBackup = true
        let fixture = try EngineFixture(.single([Server("main", port: main.port, check: check), spare]))
        #expect(try fixture.ask() == "main")
        main.stop()
        #expect(eventually { fixture.engine.isUp(backend: "be", server: "main") == false })
        #expect(try fixture.ask() == "backup")
    }
}
