import Glibc
@testable import ProxyEngine
import Synchronization
import Syscalls
import TestSupport
import Testing

/// Places at servers: `maxconn` and who waits for it.
@Suite(.blocking) struct QueueTests {
    /// Answers with its name, and keeps the connection until the client ends it.
    static func keeping(_ name: String) throws -> TestServer {
        try TestServer { connection in
            if try connection.receive().isEmpty { return }
            try connection.send(name)
            _ = try connection.receiveAll()
        }
    }

    static func limited(_ server: Server, to count: UInt32, queue: UInt32 = 0) -> Server {
        var server = server
        server.limits = ServerLimits(maxConnections: count, maxQueue: queue)
        return server
    }

    /// A client that has said something; who answers it is up to the queue.
    private static func client(_ fixture: EngineFixture) throws -> TestSocket {
        let socket = try TestSocket.connect(port: fixture.port())
        try socket.send("?")
        return socket
    }

    private static func answer(_ socket: TestSocket) throws -> String {
        String(decoding: try socket.receive(), as: UTF8.self)
    }

    private static func end(_ socket: TestSocket) {
        socket.shutdownWrite()
        _ = try? socket.receiveAll()
    }

    @Test(arguments: [1, 4]) func theFirstToComeIsServedFirst(threads: Int) throws {
        let server = try Self.keeping("s")
        var snapshot = ProxySnapshot.single([Self.limited(Server("s", port: server.port), to: 1)])
        snapshot.settings.threads = threads
        let fixture = try EngineFixture(snapshot)
        var current = try Self.client(fixture)
        #expect(try Self.answer(current) == "s")
        var queue: [TestSocket] = []
        for count in 1...8 {
            queue.append(try Self.client(fixture))
            #expect(eventually { fixture.engine.waiting(backend: "be") == count })
        }
        for (index, next) in queue.enumerated() {
            Self.end(current)
            #expect(try Self.answer(next) == "s")
            #expect(eventually { fixture.engine.waiting(backend: "be") == queue.count - index - 1 })
            current = next
        }
    }

    @Test func whoLeavesTheQueueIsPassedOver() throws {
        let server = try Self.keeping("s")
        let fixture = try EngineFixture(.single([Self.limited(Server("s", port: server.port), to: 1)]))
        let first = try Self.client(fixture)
        #expect(try Self.answer(first) == "s")
        let impatient = try Self.client(fixture)
        #expect(eventually { fixture.engine.waiting(backend: "be") == 1 })
        let patient = try Self.client(fixture)
        #expect(eventually { fixture.engine.waiting(backend: "be") == 2 })
        impatient.resetOnClose()
        shutdown(impatient.raw, CInt(SHUT_RDWR))
        Self.end(first)
        Self.end(impatient)
        #expect(try Self.answer(patient) == "s")
    }

    @Test func theQueueTimeOutEndsTheWaiting() throws {
        let server = try Self.keeping("s")
        var snapshot = ProxySnapshot.single([Self.limited(Server("s", port: server.port), to: 1)])
        snapshot.backends[0].queueTimeout = 50
        let fixture = try EngineFixture(snapshot)
        let first = try Self.client(fixture)
        #expect(try Self.answer(first) == "s")
        #expect(["", "reset"].contains(try fixture.ask()))
        #expect(fixture.engine.waiting(backend: "be") == 0)
    }

    /// Only a server that is chosen by a rule or a hash has a queue of its own.
    @Test func aFullQueueRefuses() throws {
        let server = try Self.keeping("s")
        var snapshot = ProxySnapshot.single([Self.limited(Server("s", port: server.port), to: 1, queue: 1)])
        snapshot.backends[0].balance = Balance(.source)
        let fixture = try EngineFixture(snapshot)
        let first = try Self.client(fixture)
        #expect(try Self.answer(first) == "s")
        let second = try Self.client(fixture)
        #expect(eventually { fixture.engine.waiting(backend: "be") == 1 })
        #expect(["", "reset"].contains(try fixture.ask()))
        Self.end(first)
        #expect(try Self.answer(second) == "s")
    }

    /// With `option redispatch` those who wait for a server that goes down are served by another.
    @Test(arguments: [true, false]) func aQueueMovesWhenItsServerGoesDown(redispatches: Bool) throws {
        let servers = try ["a", "b"].map { try Self.keeping($0) }
        var snapshot = ProxySnapshot.single([
            Self.limited(Server("a", port: servers[0].port), to: 1), Server("b", port: servers[1].port),
        ])
        snapshot.backends[0].serverRules = [ServerRule(server: "a")]
        snapshot.backends[0].redispatchInterval = redispatches ? -1 : nil
        let fixture = try EngineFixture(snapshot)
        let first = try Self.client(fixture)
        #expect(try Self.answer(first) == "a")
        let second = try Self.client(fixture)
        #expect(eventually { fixture.engine.waiting(backend: "be") == 1 })
        let effect = try #require(fixture.engine.control(backend: "be", server: "a")).mark(.down)
        #expect(effect.requeued == (redispatches ? 1 : 0))
        #expect(effect.waiting == (redispatches ? 0 : 1))
        if !redispatches { Self.end(first) }
        #expect(try Self.answer(second) == (redispatches ? "b" : "a"))
    }

    /// Those who wait for a server that goes down end if no other is usable.
    @Test func aQueueEndsWithTheLastServer() throws {
        let servers = try ["a", "b"].map { try Self.keeping($0) }
        var snapshot = ProxySnapshot.single([
            Self.limited(Server("a", port: servers[0].port), to: 1), Server("b", port: servers[1].port),
        ])
        snapshot.backends[0].serverRules = [ServerRule(server: "a")]
        snapshot.backends[0].redispatchInterval = -1
        let fixture = try EngineFixture(snapshot)
        let first = try Self.client(fixture)
        #expect(try Self.answer(first) == "a")
        let others = try (0..<3).map { _ in try Self.client(fixture) }
        #expect(eventually { fixture.engine.waiting(backend: "be") == 3 })
        let control = try #require(fixture.engine.control(backend: "be", server: "b"))
        control.mark(.down)
        #expect(try #require(fixture.engine.control(backend: "be", server: "a")).mark(.down).requeued == 3)
        #expect(eventually { fixture.engine.connections == 1 })
        control.mark(.up)
        let next = try Self.client(fixture)
        #expect(try Self.answer(next) == "b")
        _ = others
    }

    @Test func aServerThatComesUpTakesTheQueue() throws {
        let servers = try ["a", "b"].map { try Self.keeping($0) }
        let fixture = try EngineFixture(
            .single([Self.limited(Server("a", port: servers[0].port), to: 1), Server("b", port: servers[1].port)])
        )
        let control = try #require(fixture.engine.control(backend: "be", server: "b"))
        control.mark(.down)
        let first = try Self.client(fixture)
        #expect(try Self.answer(first) == "a")
        let second = try Self.client(fixture)
        #expect(eventually { fixture.engine.waiting(backend: "be") == 1 })
        control.mark(.up)
        #expect(try Self.answer(second) == "b")
    }

    /// One place at first (`minconn`), and all of them when the backend is full (`fullconn`).
    @Test func theLimitGrowsWithTheLoad() throws {
        let server = try Self.keeping("s")
        var limited = Server("s", port: server.port)
        limited.limits = ServerLimits(maxConnections: 4, minConnections: 1)
        var snapshot = ProxySnapshot.single([limited])
        snapshot.backends[0].fullConnections = 8
        let fixture = try EngineFixture(snapshot)
        var served: [TestSocket] = [try Self.client(fixture)]
        #expect(try Self.answer(served[0]) == "s")
        var waiting: [TestSocket] = []
        for _ in 0..<7 {
            waiting.append(try Self.client(fixture))
            #expect(eventually { fixture.engine.waiting(backend: "be") == waiting.count })
        }
        // Eight connections: with the next end there are four places.
        Self.end(served.removeLast())
        for socket in waiting.prefix(4) { #expect(try Self.answer(socket) == "s") }
        #expect(fixture.engine.waiting(backend: "be") == 3)
    }

    @Test func aChangeLetsThoseGoWhoWait() throws {
        let server = try Self.keeping("s")
        var snapshot = ProxySnapshot.single([Self.limited(Server("s", port: server.port), to: 1)])
        let fixture = try EngineFixture(snapshot)
        let first = try Self.client(fixture)
        #expect(try Self.answer(first) == "s")
        let second = try Self.client(fixture)
        let third = try Self.client(fixture)
        #expect(eventually { fixture.engine.waiting(backend: "be") == 2 })
        // The server keeps its connections, so that there is place for one.
        snapshot.backends[0].servers[0].limits = ServerLimits(maxConnections: 2)
        try fixture.change(to: snapshot)
        #expect(try Self.answer(second) == "s")
        #expect(fixture.engine.waiting(backend: "be") == 1)
        // Other servers: who waits is still served by those of the time it came.
        snapshot.backends[0].servers = []
        try fixture.change(to: snapshot)
        Self.end(first)
        #expect(try Self.answer(third) == "s")
    }

    /// Never more than the limit at a server, and nobody is forgotten, whatever thread they are on.
    @Test(arguments: [Balance.Algorithm.roundRobin, .leastConnections, .first, .random])
    func manyThreadsKeepTheLimit(algorithm: Balance.Algorithm) throws {
        let gauges = [Gauge(), Gauge()]
        let servers = try gauges.map { gauge in
            try TestServer { connection in
                if try connection.receive().isEmpty { return }
                gauge.enter()
                usleep(1000)
                gauge.leave()
                try connection.send("x")
            }
        }
        var snapshot = ProxySnapshot.single(
            servers.enumerated().map { Self.limited(Server("s\($0)", port: $1.port), to: 3) }
        )
        snapshot.settings.threads = 4
        snapshot.backends[0].balance = Balance(algorithm)
        let fixture = try EngineFixture(snapshot)
        let port = fixture.port()
        let tally = Tally()
        for _ in 0..<12 {
            startThread {
                for _ in 0..<20 {
                    guard let socket = try? TestSocket.connect(port: port) else { continue }
                    try? socket.send("?")
                    if (try? socket.receiveAll()) == "x" { tally.answers.add(1, ordering: .relaxed) }
                }
                tally.ended.add(1, ordering: .relaxed)
            }
        }
        #expect(eventually { tally.ended.load(ordering: .relaxed) == 12 })
        #expect(tally.answers.load(ordering: .relaxed) == 240)
        for gauge in gauges { #expect((1...3).contains(gauge.most)) }
        #expect(eventually { fixture.engine.connections == 0 })
        #expect(fixture.engine.waiting(backend: "be") == 0)
    }

    private final class Tally: Sendable {
        let answers = Atomic(0)
        let ended = Atomic(0)
    }

    private final class Gauge: Sendable {
        private let state = Mutex((now: 0, most: 0))

        func enter() {
            state.withLock {
                $0.now += 1
                $0.most = max($0.most, $0.now)
            }
        }

        func leave() { state.withLock { $0.now -= 1 } }

        var most: Int { state.withLock { $0.most } }
    }
}
