import Addresses
import Files
import Glibc
import NetworkFiles
import NetworkTestSupport
import RuntimeAPI
import Synchronization
import Syscalls
import TestSupport
import Testing

@testable import NetworkWatch

/// When the proxy is asked again.
@Suite(.blocking) struct MasterConnectionTests {
    /// A program that tells of no listeners stays what it is: it is asked again when its file changes, and seldom else.
    @Test func aForeignProxyIsLeftAlone() throws {
        try withTemporaryDirectory { directory in
            let path = directory + "/master.sock"
            let listener = try UnixSocket.listen(path, mode: 0o600)
            var connection = MasterConnection(path)
            // Of a clock of its own.
            var now = Duration.seconds(1000)
            for _ in 0..<3 {
                let begun = connection.connect(at: now)
                #expect(begun == nil)
                let client = TestSocket(owning: accept(listener.raw, nil, nil))
                try client.send("Unknown command\n\n")
                wait(for: connection.descriptor)
                let news = connection.hear(at: now)
                #expect(news == [.foreign("Unknown command"), .lost])
                let next = connection.deadline
                #expect(next == now + MasterConnection.restingPause)
                now += MasterConnection.restingPause
            }
            // Another takes its place.
            unlink(path)
            let other = try UnixSocket.listen(path, mode: 0o600)
            wait(for: connection.fileDescriptor)
            let news = connection.look(at: now)
            let isConnected = connection.descriptor != nil
            #expect(news == [] && isConnected)
            _ = consume other
        }
    }

    /// Thousands of conflicts are more than a socket holds: the proxy is told all of them as it reads.
    @Test func whatIsNotTakenAtOnceIsSaidLater() throws {
        try withTemporaryDirectory { directory in
            let path = directory + "/master.sock"
            let listener = try UnixSocket.listen(path, mode: 0o600)
            var connection = MasterConnection(path)
            var now = Duration.seconds(1000)
            _ = connection.connect(at: now)
            let client = TestSocket(owning: accept(listener.raw, nil, nil))
            try client.send("-- 0\n")
            wait(for: connection.descriptor)
            _ = connection.hear(at: now)
            let lines = (0..<200_000).map { "conflict \($0)\n" }.joined()
            let said = connection.say(lines, at: now)
            let more = connection.say("ok 0\n", at: now)
            #expect(said == nil && more == nil)
            let expected = "listeners follow\n" + lines + "ok 0\n"
            var received: [UInt8] = []
            while received.count < expected.utf8.count {
                let bytes = try client.receive()
                if bytes.isEmpty { break }
                received += bytes
                // Readable once most of what the socket holds has been read.
                guard isReadable(connection.roomDescriptor, within: 0) else { continue }
                now += .seconds(5)
                let news = connection.flush(at: now)
                #expect(news == nil)
            }
            // Too much to be told the difference.
            let isWhole = received == Array(expected.utf8)
            #expect(isWhole)
            let isIdle = connection.roomDescriptor == nil && connection.deadline == nil
            #expect(isIdle)
            // Who takes nothing is let go of in the end.
            _ = connection.say(lines, at: now)
            let due = connection.deadline
            #expect(due == now + MasterConnection.sendingPatience)
            let early = connection.timer(at: now + .seconds(1))
            let late = connection.timer(at: now + MasterConnection.sendingPatience)
            #expect(early == [] && late == [.lost])
        }
    }

    /// What is to be said while the proxy takes nothing is said once, as it is then.
    @Test func aSlowProxyIsToldTheLatest() throws {
        try inAppliance { root in
            try AtomicFile.makeDirectory(root["/run"])
            let listener = try UnixSocket.listen(root[GuardPart.masterPath], mode: 0o600)
            let accepting = listener.raw
            let client = Mutex<CInt>(-1)
            startThread {
                let new = accept(accepting, nil, nil)
                let outside = (0..<20_000).map { "listen f 198.18.\($0 / 200).\($0 % 200 + 1):80\n" }.joined()
                try? UnixSocket.send(outside + "listen f 10.13.200.33:80\n-- 0\n", to: new)
                client.withLock { $0 = new }
            }
            let neighbours = Neighbours()
            let part = GuardPart(root, keeper: nil, claims: neighbours)
            let now = MonotonicTime.now
            let hasList = eventually {
                part.descriptors.forEach { part.hear($0, at: now) }
                return client.withLock { $0 } >= 0
            }
            try #require(hasList)
            part.applied(try NetworkConfiguration.load(root), at: now)
            let address = try #require(IPAddress("10.13.200.33"))
            for number in 1...40 {
                neighbours.conflicts = [address: try #require(MACAddress("02:00:00:00:00:\(number + 10)"))]
            }
            let socket = TestSocket(owning: client.withLock { $0 })
            var received = ""
            let last = "conflict 10.13.200.33 02:00:00:00:00:50\n"
            while !(received.hasSuffix("\nok 0\n") && received.contains(last)) {
                let bytes = try socket.receive()
                try #require(!bytes.isEmpty)
                received += String(decoding: bytes, as: UTF8.self)
                part.descriptors.forEach { if isReadable($0, within: 0) { part.hear($0, at: now) } }
            }
            let answers = received.split(separator: "\n").count { $0 == "ok 0" }
            let conflicts = received.split(separator: "\n").count { $0.hasPrefix("conflict") }
            #expect(answers == 2 && conflicts == 1)
            _ = consume listener
        }
    }

    private func wait(for descriptor: CInt?) {
        let isReadable = isReadable(descriptor, within: 60_000)
        #expect(isReadable)
    }

    private func isReadable(_ descriptor: CInt?, within milliseconds: CInt) -> Bool {
        guard let descriptor else { return false }
        var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&wait, 1, milliseconds) == 1
    }
}
