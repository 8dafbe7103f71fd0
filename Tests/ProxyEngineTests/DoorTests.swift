import Glibc
import ProxyEngine
import Syscalls
import TestSupport
import Testing

/// How many connections come in: `maxconn` of the process, a frontend and a bind line, and `rate-limit sessions`.
@Suite(.blocking) struct DoorTests {
    enum Place: CaseIterable {
        case process
        case frontend
        case bind
    }

    @Test(arguments: Place.allCases, [1, 4]) func whoComesWhenItIsFullWaitsOutside(place: Place, threads: Int) throws {
        let server = try QueueTests.keeping("s")
        var snapshot = ProxySnapshot.single([Server("s", port: server.port)])
        snapshot.settings.threads = threads
        snapshot.frontends[0].listeners[0].backlog = 64
        switch place {
        case .process: snapshot.settings.maxConnections = 2
        case .frontend: snapshot.frontends[0].maxConnections = 2
        case .bind: snapshot.frontends[0].listeners[0].maxConnections = 2
        }
        let fixture = try EngineFixture(snapshot)
        var clients = try (0..<6).map { _ in
            let socket = try TestSocket.connect(port: fixture.port())
            try socket.send("?")
            return socket
        }
        // Who is let in first is the kernel's choice where there are several threads.
        while !clients.isEmpty {
            #expect(eventually { fixture.engine.connections == min(2, clients.count) })
            var answered: Int?
            #expect(
                eventually {
                    answered = clients.firstIndex { Self.hasAnswer($0) }
                    return answered != nil
                }
            )
            let socket = clients.remove(at: try #require(answered))
            #expect(clients.count { Self.hasAnswer($0) } <= 1)
            socket.shutdownWrite()
            #expect(try socket.receiveAll() == "s")
        }
        #expect(eventually { fixture.engine.connections == 0 })
    }

    /// They have been told that they are connected: whoever closed the listener would reset them.
    @Test(arguments: Place.allCases, [1, 4])
    func whoWaitsOutsideComesInWhenTheListenerGoes(place: Place, threads: Int) throws {
        let server = try QueueTests.keeping("s")
        var snapshot = ProxySnapshot.single([Server("s", port: server.port)])
        snapshot.settings.threads = threads
        snapshot.frontends[0].listeners[0].backlog = 64
        switch place {
        case .process: snapshot.settings.maxConnections = 1
        case .frontend: snapshot.frontends[0].maxConnections = 1
        case .bind: snapshot.frontends[0].listeners[0].maxConnections = 1
        }
        let fixture = try EngineFixture(snapshot)
        let clients = try (0..<4).map { _ in
            let socket = try TestSocket.connect(port: fixture.port())
            try socket.send("?")
            return socket
        }
        #expect(eventually { clients.contains { Self.hasAnswer($0) } })
        // Another thread may be at the door for a moment.
        #expect(eventually { fixture.engine.connections == 1 })
        snapshot.frontends = []
        try fixture.change(to: snapshot)
        for socket in clients {
            socket.shutdownWrite()
            #expect(try socket.receiveAll() == "s")
        }
        #expect(eventually { fixture.engine.connections == 0 })
    }

    @Test func aHigherLimitLetsThemIn() throws {
        let server = try QueueTests.keeping("s")
        var snapshot = ProxySnapshot.single([Server("s", port: server.port)])
        snapshot.frontends[0].maxConnections = 1
        let fixture = try EngineFixture(snapshot)
        let clients = try (0..<3).map { _ in try TestSocket.connect(port: fixture.port()) }
        #expect(eventually { fixture.engine.connections == 1 })
        snapshot.frontends[0].maxConnections = 0
        try fixture.change(to: snapshot)
        #expect(eventually { fixture.engine.connections == 3 })
        _ = clients
    }

    @Test func theQueueOfTheKernelIsAsLongAsTheBacklog() throws {
        let server = try TestServer.named("s")
        var snapshot = ProxySnapshot.single([Server("s", port: server.port)])
        snapshot.frontends[0].listeners[0].backlog = 17
        let fixture = try EngineFixture(snapshot)
        func length() throws -> String {
            let words = try run("ss", "-Hltn", "sport = :\(fixture.port())").split(separator: " ")
            return String(words[2])
        }
        #expect(try length() == "17")
        snapshot.frontends[0].listeners[0].backlog = 23
        try fixture.change(to: snapshot)
        #expect(try length() == "23")
        #expect(try fixture.ask() == "s")
    }

    /// Twelve connections at five a second need more than a second.
    @Test func theRateSpreadsConnections() throws {
        let server = try TestServer.named("s")
        var snapshot = ProxySnapshot.single([Server("s", port: server.port)])
        snapshot.frontends[0].maxSessionRate = 5
        let fixture = try EngineFixture(snapshot)
        var start = timespec()
        clock_gettime(CLOCK_MONOTONIC, &start)
        let clients = try (0..<12).map { _ in try TestSocket.connect(port: fixture.port()) }
        for client in clients { try client.send("?") }
        for client in clients { #expect(try client.receiveAll() == "s") }
        var end = timespec()
        clock_gettime(CLOCK_MONOTONIC, &end)
        #expect(end.tv_sec * 1000 + end.tv_nsec / 1_000_000 - start.tv_sec * 1000 - start.tv_nsec / 1_000_000 > 1000)
    }

    private static func hasAnswer(_ socket: TestSocket) -> Bool {
        var byte: UInt8 = 0
        return recv(socket.raw, &byte, 1, CInt(MSG_DONTWAIT) | CInt(MSG_PEEK)) > 0
    }
}
