import CLinux
import Glibc
@testable import ProxyEngine
import Syscalls
import TestSupport
import Testing

@Suite(.blocking) struct ChangeTests {
    @Test func aConnectionSurvivesTheRemovalOfEverythingItUses() throws {
        let server = try TestServer.echo()
        let fixture = try EngineFixture(.single([Server("s1", port: server.port)]))
        let client = try TestSocket.connect(port: fixture.port())
        try client.send("before")
        #expect(try client.receive() == Array("before".utf8))
        try fixture.change(to: ProxySnapshot(settings: fixture.snapshot.settings))
        try client.send("after")
        #expect(try client.receive() == Array("after".utf8))
        client.shutdownWrite()
        #expect(try client.receiveAll() == "")
        #expect(eventually { fixture.engine.connections == 0 })
    }

    /// Who is in the queue of a listener that goes gets in; who comes after that is not let into it any more.
    @Test func aListenerThatGoesTakesNobodyNew() throws {
        let (listener, port) = try TestSocket.bound()
        let first = try TestSocket.connect(port: port)
        #expect(clinux_refuse_new(listener.raw, 1) == 0)
        let second = TestSocket(owning: socket(AF_INET, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_NONBLOCK.rawValue), 0))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let code = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(second.raw, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        #expect(code == -1 && errno == EINPROGRESS)
        var wait = pollfd(fd: second.raw, events: Int16(POLLOUT), revents: 0)
        #expect(poll(&wait, 1, 100) == 0)
        // The first one is as it was, in both directions.
        let accepted = TestSocket(owning: accept(listener.raw, nil, nil))
        try first.send("x")
        #expect(try accepted.receive() == Array("x".utf8))
        #expect(clinux_refuse_new(listener.raw, 0) == 0)
        #expect(poll(&wait, 1, 60000) == 1)
        try accepted.send("y")
        #expect(try first.receive() == Array("y".utf8))
    }

    @Test func aListenerKeepsItsSocketAndNewConnectionsGoByTheNewSnapshot() throws {
        let old = try TestServer.named("old")
        let new = try TestServer.named("new")
        let fixture = try EngineFixture(.single([Server("s1", port: old.port)]))
        let port = fixture.port()
        #expect(try fixture.ask() == "old")
        try fixture.change(to: .single([Server("s1", port: new.port)]))
        #expect(fixture.port() == port)
        #expect(try fixture.ask() == "new")
    }

    /// HAProxy lets a `listen` section have the name of a backend above it.
    @Test func ofTwoBackendsOfANameTheLastIsMeant() throws {
        let servers = try ["a", "b"].map { try TestServer.named($0) }
        var snapshot = ProxySnapshot.single([Server("a", port: servers[0].port)])
        var other = snapshot.backends[0]
        other.servers = [Server("b", port: servers[1].port)]
        snapshot.backends.append(other)
        let fixture = try EngineFixture(snapshot)
        #expect(try fixture.ask() == "b")
        snapshot.backends.removeLast()
        try fixture.change(to: snapshot)
        #expect(try fixture.ask() == "a")
        snapshot.backends.insert(other, at: 0)
        try fixture.change(to: snapshot)
        #expect(try fixture.ask() == "a")
        snapshot.backends.swapAt(0, 1)
        try fixture.change(to: snapshot)
        #expect(try fixture.ask() == "b")
    }

    /// A thread that a change adds accepts at the listeners that stay, too.
    @Test func aThreadThatIsAddedTakesWhatStays() throws {
        let fixture = try EngineFixture(.single([]))
        var next = fixture.snapshot
        next.settings.threads = 3
        try fixture.change(to: next)
        let socket = try #require(fixture.engine.listener(at: .loopback()))
        #expect(try Self.watchers(of: socket) == 3)
    }

    /// How many epoll(7) instances of this process watch a descriptor.
    private static func watchers(of descriptor: CInt) throws -> Int {
        guard let directory = opendir("/proc/self/fdinfo") else { throw SystemError(code: errno, operation: "opendir") }
        defer { closedir(directory) }
        var count = 0
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            // Other tests open and close.
            guard let file = try? FileDescriptor.open("/proc/self/fdinfo/\(name)", O_RDONLY),
                let bytes = try? file.readToEnd()
            else { continue }
            for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
                let words = line.split(separator: " ")
                if words.first == "tfd:", words.count > 1, Int32(words[1]) == descriptor { count += 1 }
            }
        }
        return count
    }

    @Test func aRemovedListenerRefusesAndAnAddedOneServes() throws {
        // A port that is free is soon another test's.
        try withNetworkNamespace {
            try run("ip", "link", "set", "lo", "up")
            let server = try TestServer.named("s1")
            let fixture = try EngineFixture(.single([Server("s1", port: server.port)]))
            let port = fixture.port()
            var next = fixture.snapshot
            next.frontends[0].listeners = [Listener(name: "two", address: .loopback(host: 2))]
            try fixture.change(to: next)
            #expect(throws: SystemError.self) { try TestSocket.connect(port: port) }
            #expect(try fixture.ask(host: 2) == "s1")
        }
    }

    @Test func aServerKeepsItsHealth() throws {
        let check = CheckSettings(interval: 50, fall: 1, rise: 1)
        let (closed, port) = try TestSocket.bound(listening: false)
        let fixture = try EngineFixture(.single([Server("s1", port: port, check: check)]))
        #expect(eventually { fixture.engine.isUp(backend: "be", server: "s1") == false })
        var next = fixture.snapshot
        next.backends[0].servers[0].weight = 7
        next.backends[0].servers[0].check?.interval = 3_600_000
        try fixture.change(to: next)
        #expect(fixture.engine.isUp(backend: "be", server: "s1") == false)
        _ = closed
    }

    /// A server that is down when its check goes, or when it is disabled, is not down for ever.
    @Test(arguments: [true, false]) func whatIsNoLongerCheckedIsUp(disabled: Bool) throws {
        let check = CheckSettings(interval: 20, fall: 1, rise: 1)
        let (socket, port) = try TestSocket.bound(listening: false)
        let fixture = try EngineFixture(.single([Server("s1", port: port, check: check)]))
        #expect(eventually { fixture.engine.isUp(backend: "be", server: "s1") == false })
        var next = fixture.snapshot
        if disabled { next.backends[0].servers[0].isDisabled = true } else { next.backends[0].servers[0].check = nil }
        try fixture.change(to: next)
        // In maintenance it takes nobody.
        #expect(eventually { fixture.engine.isUp(backend: "be", server: "s1") == !disabled })
        // Nobody accepts what checks connect: few of them, and room for all.
        try syscall("listen") { listen(socket.raw, 128) }
        next.backends[0].servers[0] = Server(
            "s1",
            port: port,
            check: CheckSettings(interval: 60000, fall: 1, rise: 1)
        )
        try fixture.change(to: next)
        let client = try TestSocket.connect(port: fixture.port())
        try client.send("x")
        let server = TestSocket(owning: try syscall("accept") { accept(socket.raw, nil, nil) })
        #expect(eventually { fixture.engine.isUp(backend: "be", server: "s1") == true })
        _ = server
    }

    /// `disabled` is what a server begins with: a command fetches it out of it, and then it is checked.
    @Test func aDisabledServerIsFetchedOutOfMaintenance() throws {
        let server = try TestServer.named("s1")
        let (closed, port) = try TestSocket.bound(listening: false)
        let check = CheckSettings(interval: 20, fall: 1, rise: 1)
        var snapshot = ProxySnapshot.single([
            Server("s1", port: server.port), Server("s2", port: port, check: check),
        ])
        for index in 0..<2 { snapshot.backends[0].servers[index].isDisabled = true }
        let fixture = try EngineFixture(snapshot)
        #expect(try fixture.ask() != "s1")
        func administer(_ name: String, _ word: Administration) -> Bool {
            fixture.engine.perform(ServerOrder(backend: "be", server: name, action: .administer(word)))
        }
        #expect(administer("s1", .ready))
        #expect(try fixture.ask() == "s1")
        // The same again is no other configuration.
        var next = snapshot
        next.backends[0].connectTimeout = 50000
        try fixture.change(to: next)
        #expect(try fixture.ask() == "s1")
        #expect(administer("s2", .ready))
        #expect(eventually { fixture.engine.isUp(backend: "be", server: "s2") == false })
        #expect(administer("s1", .maintenance))
        #expect(fixture.engine.isUp(backend: "be", server: "s1") == false)
        // Without the word it is ready whatever was ordered, and with it in maintenance.
        for index in 0..<2 { next.backends[0].servers[index].isDisabled = false }
        try fixture.change(to: next)
        #expect(try fixture.ask() == "s1")
        next.backends[0].servers[0].isDisabled = true
        try fixture.change(to: next)
        #expect(fixture.engine.isUp(backend: "be", server: "s1") == false)
        _ = closed
    }

    @Test func aThousandChangesUnderTrafficLoseNothing() throws {
        let server = try TestServer.named("s1")
        let fixture = try EngineFixture(.single([Server("s1", port: server.port)]))
        var next = fixture.snapshot
        for round in 0..<1000 {
            next.backends[0].servers[0].weight = UInt16(1 + round % 100)
            try fixture.change(to: next)
            if round % 20 == 0 { #expect(try fixture.ask() == "s1") }
        }
        #expect(eventually { fixture.engine.connections == 0 })
    }

    @Test func timeOutsEndSilentConnections() throws {
        let server = try TestServer.echo()
        var snapshot = ProxySnapshot.single([Server("s1", port: server.port)])
        snapshot.frontends[0].clientTimeout = 100
        let fixture = try EngineFixture(snapshot)
        #expect(try TestSocket.connect(port: fixture.port()).receiveAll() == "")
        #expect(eventually { fixture.engine.connections == 0 })

        snapshot.frontends[0].clientTimeout = 60000
        snapshot.backends[0].serverTimeout = 100
        try fixture.change(to: snapshot)
        #expect(try TestSocket.connect(port: fixture.port()).receiveAll() == "")
    }

    @Test func theTunnelTimeOutReplacesTheOthers() throws {
        let server = try TestServer.echo()
        var snapshot = ProxySnapshot.single([Server("s1", port: server.port)])
        snapshot.frontends[0].clientTimeout = 50
        snapshot.backends[0].serverTimeout = 50
        snapshot.backends[0].tunnelTimeout = 60000
        let fixture = try EngineFixture(snapshot)
        let client = try TestSocket.connect(port: fixture.port())
        try client.send("x")
        #expect(try client.receive() == Array("x".utf8))
        usleep(300_000)
        try client.send("y")
        #expect(try client.receive() == Array("y".utf8))
    }
}
