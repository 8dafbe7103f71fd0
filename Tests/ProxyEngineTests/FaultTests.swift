import CLinux
import Glibc
@testable import ProxyEngine
import Syscalls
import TestSupport
import Testing

/// Servers that fail in the middle of things.
@Suite(.blocking) struct FaultTests {
    /// The server answers and resets while the client is still sending: what it said arrives all the same.
    @Test func theLastWordsOfAServerThatResetsAreDelivered() throws {
        let answer = [UInt8](repeating: 7, count: 200_000)
        let server = try TestServer { connection in
            try connection.send(answer)
            // All of it has reached the proxy; what the proxy sent is unread, so that closing resets.
            _ = eventually { clinux_unsent(connection.raw) == 0 }
            connection.resetOnClose()
        }
        let fixture = try EngineFixture(.single([Server("s1", port: server.port)]))
        let client = try TestSocket.connect(port: fixture.port())
        // More than all buffers on the way hold: the proxy has something for the server when the reset comes.
        let sender = client.raw
        let block = [UInt8](repeating: 1, count: 1 << 16)
        var full = 0
        while full < 20 {
            if send(sender, block, block.count, CInt(MSG_NOSIGNAL) | CInt(MSG_DONTWAIT)) < 0 {
                full += 1
                usleep(10000)
            }
        }
        var received = 0
        while true {
            let part = try client.receive()
            if part.isEmpty { break }
            received += part.count
        }
        #expect(received == answer.count)
        client.shutdownWrite()
        #expect(eventually { fixture.engine.connections == 0 })
    }

    /// A server whose queue is full answers nothing.
    @Test(arguments: [0, 1] as [UInt8]) func aConnectTimeOutEndsOrGoesToAnother(retries: UInt8) throws {
        let (full, port) = try TestSocket.bound(listening: false)
        try syscall("listen") { listen(full.raw, 0) }
        let queued = try TestSocket.connect(port: port)
        let good = try TestServer.named("s2")
        var servers = [Server("s1", port: port)]
        if retries > 0 { servers.append(Server("s2", port: good.port)) }
        var snapshot = ProxySnapshot.single(servers, retries: retries)
        snapshot.backends[0].connectTimeout = 500
        snapshot.backends[0].redispatchInterval = 1
        let fixture = try EngineFixture(snapshot)
        for _ in servers { #expect(try fixture.ask() == (retries > 0 ? "s2" : "")) }
        #expect(eventually { fixture.engine.connections == 0 })
        _ = queued
    }

    /// Threads share the log: what one writes must be whole lines even when there is room for a part only.
    @Test func aFullLogTakesWholeLines() throws {
        var pair: [CInt] = [-1, -1]
        try syscall("pipe") { clinux_pipe(&pair, O_NONBLOCK | O_CLOEXEC) }
        let reader = FileDescriptor(owning: pair[0])
        let writer = FileDescriptor(owning: pair[1])
        try syscall("size of a pipe") { clinux_set_pipe_size(writer.raw, 8192) }
        var sink = LogSink(descriptor: writer.raw)
        var room = LogRoom()
        defer { room.free() }
        var text = LineWriter(capacity: 100)
        for number in 0..<1000 {
            text.clear()
            text.number(Int64(1_000_000_000_000 + number))
            #expect(room.hasRoom(for: text.count + 1))
            room.append(text, text.count)
            room.endLine()
        }
        var all = ""
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        while !room.isEmpty {
            let lost = room.flush(&sink)
            #expect(lost == 0)
            let count = try syscall("read") { read(reader.raw, &bytes, bytes.count) }
            #expect(bytes[count - 1] == UInt8(ascii: "\n"))
            all += String(decoding: bytes[..<count], as: UTF8.self)
        }
        #expect(all == (0..<1000).map { "\(1_000_000_000_000 + $0)\n" }.joined())
    }

    /// Lines for a pipe whose reader has gone are lost at once, and counted: nobody goes on trying for ever.
    @Test func aLogThatNobodyReadsIsGivenUp() throws {
        signal(SIGPIPE, SIG_IGN)
        var pair: [CInt] = [-1, -1]
        try syscall("pipe") { clinux_pipe(&pair, O_NONBLOCK | O_CLOEXEC) }
        let writer = FileDescriptor(owning: pair[1])
        close(pair[0])
        var sink = LogSink(descriptor: writer.raw)
        var room = LogRoom()
        defer { room.free() }
        var text = LineWriter(capacity: 100)
        text.text("a line")
        for _ in 0..<3 {
            room.append(text, text.count)
            room.endLine()
        }
        let lost = room.flush(&sink)
        #expect(lost == 3)
        #expect(room.isEmpty)
    }
}
