import CLinux
import Glibc
import Syscalls
import TestSupport
import Testing

@testable import NetworkWatch

/// The control socket without the service around it; time is passed in.
@Suite struct ControlServerTests {
    /// A try may hold up everybody who waits for a reconcile. Whoever has waited long enough is told, and a deadline that
    /// has passed does not stay, or the service would wake up for it again and again.
    @Test func whoWaitsTooLongIsToldAndForgotten() throws {
        try withTemporaryDirectory { directory in
            let epoll = FileDescriptor(owning: try syscall("epoll") { clinux_epoll_create() })
            let path = directory + "/control.sock"
            let server = try ControlServer(path, epoll: epoll.raw, listenerTag: 1, firstTag: 2)
            #expect(server.deadline == nil)

            let client = try Self.connect(path)
            try client.send("{\"command\":\"reconcile\"}\n")
            server.accept(.zero)
            #expect(server.serve(2, .zero) == .reconcile)
            #expect(server.deadline == ControlServer.longestWait)
            server.expire(ControlServer.longestWait - .seconds(1))
            #expect(server.deadline == ControlServer.longestWait)
            server.expire(ControlServer.longestWait)
            #expect(server.deadline == nil)
            #expect(
                try client.receiveAll()
                    == "{\"error\":\"another command is changing the network; ask again later\",\"ok\":false}\n"
            )
            // The answer that comes after all is for nobody.
            #expect(server.answer(2, "{}", ControlServer.longestWait) == nil)
        }
    }

    @Test func whoIsSilentIsCutOff() throws {
        try withTemporaryDirectory { directory in
            let epoll = FileDescriptor(owning: try syscall("epoll") { clinux_epoll_create() })
            let path = directory + "/control.sock"
            let server = try ControlServer(path, epoll: epoll.raw, listenerTag: 1, firstTag: 2)
            let client = try Self.connect(path)
            server.accept(.zero)
            server.expire(ControlServer.patience)
            #expect(server.deadline == nil)
            #expect(try client.receiveAll() == "")
        }
    }

    private static func connect(_ path: String) throws -> TestSocket {
        var address = sockaddr_un()
        let length = clinux_unix_address(&address, path)
        let socket = TestSocket(owning: try syscall("socket") { Glibc.socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0) })
        let raw = socket.raw
        try syscall("connect \(path)") {
            withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { Glibc.connect(raw, $0, length) }
            }
        }
        return socket
    }
}
