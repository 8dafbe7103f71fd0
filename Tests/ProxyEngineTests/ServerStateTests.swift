import Glibc
@testable import ProxyEngine
import Syscalls
import TestSupport
import Testing

/// What a server's health, weight and starting do to the choice, and to the sessions that exist.
@Suite(.blocking) struct ServerStateTests {
    @Test func aServerThatGoesDownEndsItsSessionsWhereThatIsAsked() throws {
        let servers = try ["a", "b"].map { try QueueTests.keeping($0) }
        var snapshot = ProxySnapshot.single([Server("a", port: servers[0].port), Server("b", port: servers[1].port)])
        snapshot.backends[0].servers[0].shutsSessionsWhenDown = true
        let fixture = try EngineFixture(snapshot)
        let clients = try (0..<2).map { _ in try TestSocket.connect(port: fixture.port()) }
        for (client, name) in zip(clients, ["a", "b"]) {
            try client.send("?")
            #expect(try client.receive() == Array(name.utf8))
        }
        for name in ["a", "b"] { try #require(fixture.engine.control(backend: "be", server: name)).mark(.down) }
        #expect(try Self.isEnded(clients[0]))
        #expect(eventually { fixture.engine.connections == 1 })
        clients[1].shutdownWrite()
        #expect(try clients[1].receiveAll() == "")
    }

    /// It gets no new connections as it is, and keeps those that it has until it is down.
    @Test(arguments: [false, true]) func aDrainingServerThatGoesDownEndsItsSessions(isAdministered: Bool) throws {
        let server = try QueueTests.keeping("a")
        var snapshot = ProxySnapshot.single([Server("a", port: server.port)])
        snapshot.backends[0].servers[0].shutsSessionsWhenDown = true
        let fixture = try EngineFixture(snapshot)
        let client = try TestSocket.connect(port: fixture.port())
        try client.send("?")
        #expect(try client.receive() == Array("a".utf8))
        let control = try #require(fixture.engine.control(backend: "be", server: "a"))
        if isAdministered { control.administer(.drain) } else { control.mark(.stopping) }
        #expect(fixture.engine.isUp(backend: "be", server: "a") == false)
        #expect(fixture.engine.connections == 1)
        control.mark(.down)
        #expect(try Self.isEnded(client))
    }

    @Test func aServerThatComesUpEndsTheSessionsOfBackups() throws {
        let servers = try ["a", "b"].map { try QueueTests.keeping($0) }
        var snapshot = ProxySnapshot.single([Server("a", port: servers[0].port), Server("b", port: servers[1].port)])
        snapshot.backends[0].servers[0].shutsBackupSessionsWhenUp = true
        snapshot.backends[0].servers[1].isBackup = true
        let fixture = try EngineFixture(snapshot)
        let control = try #require(fixture.engine.control(backend: "be", server: "a"))
        control.mark(.down)
        let client = try TestSocket.connect(port: fixture.port())
        try client.send("?")
        #expect(try client.receive() == Array("b".utf8))
        control.mark(.up)
        #expect(try Self.isEnded(client))
    }

    private static func isEnded(_ socket: TestSocket) throws -> Bool {
        do {
            return try socket.receive().isEmpty
        } catch  where error.code == ECONNRESET {
            return true
        }
    }

    /// Maintenance that a server has from the one that it tracks ends when it tracks none.
    @Test func whatIsInheritedGoesWithTheLeader() throws {
        let server = try TestServer.named("a")
        let check = CheckSettings(interval: 3_600_000, fall: 1, rise: 1)
        var snapshot = ProxySnapshot.single([Server("a", port: server.port)])
        snapshot.backends.append(Backend(name: "other", servers: [Server("leader", port: server.port, check: check)]))
        snapshot.backends[0].servers[0].track = ServerReference(backend: "other", server: "leader")
        snapshot.backends[1].servers[0].isDisabled = true
        let fixture = try EngineFixture(snapshot)
        #expect(eventually { fixture.engine.isUp(backend: "be", server: "a") == false })
        snapshot.backends[0].servers[0].track = nil
        try fixture.change(to: snapshot)
        #expect(eventually { fixture.engine.isUp(backend: "be", server: "a") == true })
        #expect(try fixture.ask() == "a")
    }

    @Test func aServerFollowsTheOneItTracks() throws {
        let servers = try ["a", "b"].map { try TestServer.named($0) }
        let check = CheckSettings(interval: 20, fall: 1, rise: 1)
        let (closed, port) = try TestSocket.bound(listening: false)
        var snapshot = ProxySnapshot.single([Server("a", port: servers[0].port), Server("b", port: servers[1].port)])
        snapshot.backends.append(Backend(name: "other", servers: [Server("leader", port: port, check: check)]))
        snapshot.backends[0].servers[0].track = ServerReference(backend: "other", server: "leader")
        let fixture = try EngineFixture(snapshot)
        #expect(eventually { fixture.engine.isUp(backend: "be", server: "a") == false })
        #expect(try (0..<3).map { _ in try fixture.ask() } == ["b", "b", "b"])
        // A change that concerns others leaves it down, and so does following anew.
        snapshot.backends[0].servers[1].weight = 2
        try fixture.change(to: snapshot)
        #expect(fixture.engine.isUp(backend: "be", server: "a") == false)
        snapshot.backends[0].servers[0].track = nil
        try fixture.change(to: snapshot)
        #expect(fixture.engine.isUp(backend: "be", server: "a") == true)
        snapshot.backends[0].servers[0].track = ServerReference(backend: "other", server: "leader")
        try fixture.change(to: snapshot)
        #expect(fixture.engine.isUp(backend: "be", server: "a") == false)
        try syscall("listen") { listen(closed.raw, 8) }
        #expect(eventually { fixture.engine.isUp(backend: "be", server: "a") == true })
    }

    /// A server whose own check goes is what the one is that it tracks from then on.
    @Test func aServerThatWasCheckedFollowsWhomItTracks() throws {
        let check = CheckSettings(interval: 20, fall: 1, rise: 1)
        let closed = try (0..<2).map { _ in try TestSocket.bound(listening: false) }
        let server = try TestServer.named("a")
        var snapshot = ProxySnapshot.single([Server("a", port: server.port, check: check)])
        snapshot.backends.append(
            Backend(name: "other", servers: [Server("leader", port: closed[0].port, check: check)])
        )
        let fixture = try EngineFixture(snapshot)
        #expect(eventually { fixture.engine.isUp(backend: "other", server: "leader") == false })
        #expect(fixture.engine.isUp(backend: "be", server: "a") == true)
        snapshot.backends[0].servers[0].check = nil
        snapshot.backends[0].servers[0].track = ServerReference(backend: "other", server: "leader")
        snapshot.backends.append(Backend(name: "last", servers: [Server("new", port: closed[1].port, check: check)]))
        try fixture.change(to: snapshot)
        // Then the checks have taken the change over.
        #expect(eventually { fixture.engine.isUp(backend: "last", server: "new") == false })
        #expect(fixture.engine.isUp(backend: "be", server: "a") == false)
        try syscall("listen") { listen(closed[0].socket.raw, 8) }
        #expect(eventually { fixture.engine.isUp(backend: "be", server: "a") == true })
    }

    /// Choices of a balance without connections, at a second of the test's own.
    private struct Table {
        let plan: Plan
        private let mailbox: Mailbox
        private let waiter = UnsafeMutablePointer<Waiter>.allocate(capacity: 1)

        init(_ snapshot: ProxySnapshot) throws {
            var catalog = PlanCatalog()
            let step = try PlanStep(SnapshotEdit(whole: snapshot), after: Plan(snapshot.settings), &catalog)
            plan = Plan(step.settings, step.frontends, step.backends)
            mailbox = try Mailbox()
            let wakes = UnsafeMutablePointer<CInt>.allocate(capacity: 1)
            let endings = SessionEndings(Shared(ProcessCells(wakes: wakes)))
            step.activate(endings, second: Clock.second())
        }

        func control(_ name: String) throws -> ServerControl {
            let backend = try #require(plan.backends.first)
            return ServerControl(backend.servers[try #require(backend.index(of: name))])
        }

        /// How many of `count` connections each server gets.
        func choices(_ count: Int, second: UInt32) throws -> [String: Int] {
            let backend = try #require(plan.frontends[0].entry.pointee.defaultBackend)
            var result: [String: Int] = [:]
            for _ in 0..<count {
                let applicant = Placement.Applicant(waiter: waiter, worker: mailbox.cells, tag: 0, hasWaited: false)
                let outcome = Placement.assign(applicant, backend, avoiding: nil, hash: nil, second: second)
                guard case .server(let server) = outcome else { continue }
                let name = server.pointee.name
                let text = String(decoding: UnsafeBufferPointer(start: name.start, count: name.count), as: UTF8.self)
                result[text, default: 0] += 1
                Placement.release(server, backend, second: second, from: mailbox.cells)
            }
            return result
        }
    }

    @Test func aServerStartsSlowly() throws {
        var snapshot = ProxySnapshot.single([Server("a", port: 1, weight: 16), Server("b", port: 2, weight: 16)])
        snapshot.backends[0].servers[1].slowStart = 1000
        let table = try Table(snapshot)
        let start = Clock.second()
        #expect(try table.choices(100, second: start) == ["a": 50, "b": 50])
        try table.control("b").mark(.down)
        #expect(try table.choices(100, second: start) == ["a": 100])
        try table.control("b").mark(.up)
        // One part of sixteen, then the half, then all of its weight. The first window after a change is the old one.
        let shares = try [20, 520, 1100].map { (later: UInt32) in
            _ = try table.choices(1000, second: start + later)
            return try table.choices(1700, second: start + later)["b"] ?? 0
        }
        #expect((90...110).contains(shares[0]), "\(shares)")
        #expect((550...620).contains(shares[1]), "\(shares)")
        #expect(shares[2] == 850, "\(shares)")
    }

    @Test func anAgentChangesTheWeight() throws {
        let table = try Table(.single([Server("a", port: 1, weight: 10), Server("b", port: 2, weight: 10)]))
        let now = Clock.second()
        #expect(try table.choices(100, second: now) == ["a": 50, "b": 50])
        try table.control("b").setWeight(percent: 50)
        _ = try table.choices(300, second: now)
        #expect(try table.choices(300, second: now) == ["a": 200, "b": 100])
        try table.control("b").setWeight(percent: 0)
        #expect(try table.choices(100, second: now) == ["a": 100])
        try table.control("b").setWeight(percent: 100)
        _ = try table.choices(300, second: now)
        #expect(try table.choices(100, second: now) == ["a": 50, "b": 50])
    }

    /// Numbers at the ends of what can be written overflow nothing.
    @Test(arguments: [.roundRobin, .staticRoundRobin, .leastConnections, .first, .random] as [Balance.Algorithm])
    func extremesDoNoHarm(algorithm: Balance.Algorithm) throws {
        var server = Server("a", port: 1, weight: 256)
        server.limits = ServerLimits(maxConnections: .max, minConnections: 1, maxQueue: .max)
        server.slowStart = .max
        var snapshot = ProxySnapshot.single([server, Server("b", port: 2, weight: 256)])
        snapshot.backends[0].balance = Balance(algorithm, draws: .max, loadFactor: .max)
        snapshot.backends[0].fullConnections = .max
        let table = try Table(snapshot)
        try table.control("a").mark(.down)
        try table.control("a").mark(.up)
        for later in [0, 100_000] as [UInt32] {
            let choices = try table.choices(10, second: Clock.second() + later)
            #expect(choices.values.reduce(0, +) == 10)
        }
    }

    @Test func drawsByChanceGoByWeight() throws {
        var snapshot = ProxySnapshot.single([Server("a", port: 1, weight: 30), Server("b", port: 2, weight: 10)])
        snapshot.backends[0].balance = Balance(.random, draws: 1)
        let share = try Table(snapshot).choices(4000, second: 1)["a"] ?? 0
        // Sixteen points for each unit of weight are not quite even: about three quarters.
        #expect((2400...3600).contains(share), "\(share)")
    }

    /// A change keeps the turn, what an agent said, and the state of those that stay.
    @Test func theTurnSurvivesAChange() throws {
        let servers = try ["a", "b", "c"].map { try TestServer.named($0) }
        var snapshot = ProxySnapshot.single(zip(["a", "b", "c"], servers).map { Server($0, port: $1.port) })
        let fixture = try EngineFixture(snapshot)
        #expect(try fixture.ask() == "a")
        snapshot.backends[0].connectTimeout = 6000
        try fixture.change(to: snapshot)
        #expect(try fixture.ask() == "b")
        try #require(fixture.engine.control(backend: "be", server: "c")).setWeight(percent: 0)
        snapshot.backends[0].connectTimeout = 7000
        try fixture.change(to: snapshot)
        #expect(try (0..<4).map { _ in try fixture.ask() }.contains("c") == false)
    }
}
