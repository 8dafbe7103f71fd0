import Glibc
import ProxyEngine
import Syscalls
import TestSupport
import Testing

@Suite(.blocking) struct RelayTests {
    @Test func bytesGoBothWaysAndAHalfCloseIsPassedOn() throws {
        // It answers only after the end of what it gets: that end must arrive while the way back stays open.
        let server = try TestServer { connection in
            let text = try connection.receiveAll()
            try connection.send("got " + text)
        }
        let fixture = try EngineFixture(.single([Server("s1", port: server.port)]))
        let client = try TestSocket.connect(port: fixture.port())
        try client.send("hello")
        client.shutdownWrite()
        #expect(try client.receiveAll() == "got hello")
        #expect(eventually { fixture.engine.connections == 0 })
    }

    @Test func aServerThatSpeaksFirstIsHeard() throws {
        let server = try TestServer { try $0.send("banner") }
        let fixture = try EngineFixture(.single([Server("s1", port: server.port)]))
        let client = try TestSocket.connect(port: fixture.port())
        #expect(try client.receiveAll() == "banner")
    }

    /// Enough to fill pipes and socket buffers many times, against a reader that falls behind now and then.
    @Test(arguments: [true, false]) func fiftyMegabytesArriveUnchanged(down: Bool) throws {
        let block = (0..<1 << 20).map { _ in UInt8.random(in: 0...255) }
        let blocks = 50
        @Sendable func sendAll(_ socket: TestSocket) throws {
            for _ in 0..<blocks { try socket.send(block) }
            socket.shutdownWrite()
        }
        @Sendable func countMatching(_ socket: TestSocket) throws -> Int {
            var offset = 0
            while true {
                let part = try socket.receive(most: 1 << 18)
                if part.isEmpty { return offset }
                var position = 0
                while position < part.count {
                    let start = (offset + position) % block.count
                    let count = min(part.count - position, block.count - start)
                    let differs = part.withUnsafeBytes { part in
                        block.withUnsafeBytes { block in
                            guard let got = part.baseAddress, let wanted = block.baseAddress else { return true }
                            return memcmp(got + position, wanted + start, count) != 0
                        }
                    }
                    if differs { return -1 }
                    position += count
                }
                offset += part.count
                if offset % 7 == 0 { usleep(2000) }
            }
        }
        let server = try TestServer { connection in
            if down {
                try sendAll(connection)
                _ = try connection.receiveAll()
            } else {
                try connection.send("\(try countMatching(connection))")
            }
        }
        let fixture = try EngineFixture(.single([Server("s1", port: server.port)]))
        let client = try TestSocket.connect(port: fixture.port())
        if down {
            #expect(try countMatching(client) == blocks << 20)
        } else {
            try sendAll(client)
            #expect(try client.receiveAll() == "\(blocks << 20)")
        }
    }

    @Test func manyConnectionsAtOnceAndNoneIsLeft() throws {
        let server = try TestServer.echo()
        let fixture = try EngineFixture(.single([Server("s1", port: server.port)]))
        let clients = try (0..<100).map { _ in try TestSocket.connect(port: fixture.port()) }
        for (index, client) in clients.enumerated() { try client.send("number \(index)") }
        for client in clients { client.shutdownWrite() }
        for (index, client) in clients.enumerated() { #expect(try client.receiveAll() == "number \(index)") }
        #expect(eventually { fixture.engine.connections == 0 })
    }

    @Test func aClientThatResetsTakesItsServerConnectionWithIt() throws {
        let server = try TestServer.echo()
        let fixture = try EngineFixture(.single([Server("s1", port: server.port)]))
        var client: TestSocket? = try TestSocket.connect(port: fixture.port())
        try client?.send("x")
        #expect(try client?.receive() == Array("x".utf8))
        client?.resetOnClose()
        client = nil
        #expect(eventually { fixture.engine.connections == 0 })
    }

    @Test func maxconnKeepsTheNextConnectionWaiting() throws {
        let server = try TestServer.echo()
        var snapshot = ProxySnapshot.single([Server("s1", port: server.port)])
        snapshot.settings.maxConnections = 1
        let fixture = try EngineFixture(snapshot)
        let first = try TestSocket.connect(port: fixture.port())
        try first.send("1")
        #expect(try first.receive() == Array("1".utf8))
        let second = try TestSocket.connect(port: fixture.port())
        try second.send("2")
        #expect(fixture.engine.connections == 1)
        first.shutdownWrite()
        #expect(try first.receiveAll() == "")
        #expect(try second.receive() == Array("2".utf8))
    }

    @Test func severalThreadsShareOneListener() throws {
        let server = try TestServer.named("s1")
        var snapshot = ProxySnapshot.single([Server("s1", port: server.port)])
        snapshot.settings.threads = 3
        let fixture = try EngineFixture(snapshot)
        for _ in 0..<50 { #expect(try fixture.ask() == "s1") }
    }
}
