import Glibc
import RuntimeAPI
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

    private func wait(for descriptor: CInt?) {
        var wait = pollfd(fd: descriptor ?? -1, events: Int16(POLLIN), revents: 0)
        #expect(poll(&wait, 1, 60_000) == 1)
    }
}
