internal import CLinux
public import Glibc
public import Syscalls

/// A blocking TCP socket of a test, closed when it goes. Every wait ends after a minute with EAGAIN.
public final class TestSocket: Sendable {
    public let raw: CInt

    public init(owning raw: CInt) {
        self.raw = raw
        var limit = timeval(tv_sec: 60, tv_usec: 0)
        setsockopt(raw, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(raw, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { close(raw) }

    /// Connects to a port of 127.0.0.`host`, from 127.0.0.`source` if that is given.
    public static func connect(
        port: UInt16,
        host: UInt8 = 1,
        from source: UInt8? = nil
    ) throws(SystemError) -> TestSocket {
        let type = CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue)
        let socket = TestSocket(owning: try syscall("socket") { Glibc.socket(AF_INET, type, 0) })
        if let source {
            var own = loopback(port: 0, host: source)
            try syscall("bind") {
                withUnsafePointer(to: &own) { pointer in
                    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                        Glibc.bind(socket.raw, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                    }
                }
            }
        }
        var address = loopback(port: port, host: host)
        try syscall("connect to port \(port)") {
            withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    Glibc.connect(socket.raw, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
        }
        return socket
    }

    /// Binds a port that the kernel chooses, and listens unless told not to: then connections are refused, and nobody
    /// else can take the port.
    ///
    /// - Parameter type: One of datagrams does not listen.
    public static func bound(
        _ type: __socket_type = SOCK_STREAM,
        listening: Bool = true
    ) throws(SystemError) -> (socket: TestSocket, port: UInt16) {
        let listening = listening && type == SOCK_STREAM
        let type = CInt(type.rawValue) | CInt(SOCK_CLOEXEC.rawValue)
        let socket = TestSocket(owning: try syscall("socket") { Glibc.socket(AF_INET, type, 0) })
        var address = loopback(port: 0, host: 1)
        try syscall("bind") {
            withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    Glibc.bind(socket.raw, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
        }
        if listening { try syscall("listen") { Glibc.listen(socket.raw, 128) } }
        return (socket, localPort(socket.raw))
    }

    /// The port that a socket is bound to.
    public static func localPort(_ raw: CInt) -> UInt16 {
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        _ = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(raw, $0, &length) }
        }
        return UInt16(bigEndian: address.sin_port)
    }

    public func send(_ text: String) throws(SystemError) { try send(Array(text.utf8)) }

    public func send(_ bytes: [UInt8]) throws(SystemError) {
        var offset = 0
        while offset < bytes.count {
            let start = offset
            offset += try syscall("send") {
                bytes.withUnsafeBytes {
                    Glibc.send(raw, $0.baseAddress?.advanced(by: start), $0.count - start, CInt(MSG_NOSIGNAL))
                }
            }
        }
    }

    public func shutdownWrite() { shutdown(raw, CInt(SHUT_WR)) }

    /// Closing sends a reset.
    public func resetOnClose() {
        var value = linger(l_onoff: 1, l_linger: 0)
        setsockopt(raw, SOL_SOCKET, SO_LINGER, &value, socklen_t(MemoryLayout<linger>.size))
    }

    /// What one receive gives; empty at the end.
    public func receive(most: Int = 65536) throws(SystemError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: most)
        let count = try syscall("receive") {
            bytes.withUnsafeMutableBytes { recv(raw, $0.baseAddress, $0.count, 0) }
        }
        return Array(bytes.prefix(count))
    }

    /// Everything until the end.
    public func receiveAll() throws(SystemError) -> String {
        var all: [UInt8] = []
        while true {
            let part = try receive()
            if part.isEmpty { return String(decoding: all, as: UTF8.self) }
            all += part
        }
    }

    private static func loopback(port: UInt16, host: UInt8) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = (UInt32(0x7f00_0000) | UInt32(host)).bigEndian
        return address
    }
}

/// A server on 127.0.0.1 with a thread of its own per connection; it stops listening when it goes.
public final class TestServer: Sendable {
    public let port: UInt16
    private let listener: TestSocket

    /// - Parameter serve: What it does with a connection, which is closed when that returns.
    public convenience init(_ serve: @escaping @Sendable (TestSocket) throws -> Void) throws(SystemError) {
        let (socket, port) = try TestSocket.bound()
        self.init(socket, port: port, serve)
    }

    /// A server on a unix socket, see ``TestSocket/bound(unix:)``.
    public convenience init(
        unix place: String,
        _ serve: @escaping @Sendable (TestSocket) throws -> Void
    ) throws(SystemError) {
        self.init(try TestSocket.bound(unix: place), port: 0, serve)
    }

    private init(_ socket: TestSocket, port: UInt16, _ serve: @escaping @Sendable (TestSocket) throws -> Void) {
        listener = socket
        self.port = port
        // Without a time-out: accept waits for as long as the server lives.
        var none = timeval()
        setsockopt(socket.raw, SOL_SOCKET, SO_RCVTIMEO, &none, socklen_t(MemoryLayout<timeval>.size))
        // The thread holds the socket: were it closed while the thread is on its way to the next accept, that would take
        // the connections of whatever other test has the number of the descriptor by then.
        startThread { [socket] in
            while true {
                // Closed in programs that a test starts: a copy there would keep the connection open.
                var peer = clinux_peer()
                let accepted = clinux_accept(socket.raw, &peer)
                if accepted < 0, errno == ECONNABORTED || errno == EINTR { continue }
                if accepted < 0 { return }
                _ = fcntl(accepted, F_SETFL, 0)
                let connection = TestSocket(owning: accepted)
                startThread { try? serve(connection) }
            }
        }
    }

    deinit { stop() }

    /// Refuses connections from now on.
    public func stop() { shutdown(listener.raw, CInt(SHUT_RDWR)) }

    /// Answers every connection that says something with `name`, and closes.
    public static func named(_ name: String) throws(SystemError) -> TestServer {
        try TestServer { connection in
            if try connection.receive().isEmpty { return }
            try connection.send(name)
        }
    }

    /// Answers every connection that says something with the address that it came from.
    public static func tellingPeers() throws(SystemError) -> TestServer {
        try TestServer { connection in
            if try connection.receive().isEmpty { return }
            try connection.send(connection.peer)
        }
    }

    /// Sends back what it gets.
    public static func echo() throws(SystemError) -> TestServer {
        try TestServer { connection in
            while true {
                let bytes = try connection.receive()
                if bytes.isEmpty { return }
                try connection.send(bytes)
            }
        }
    }
}

/// Runs `body` on a detached thread in the caller's network namespace.
public func startThread(_ body: @escaping @Sendable () -> Void) {
    do {
        try startDetachedThread("serve a test", body)
    } catch {
        preconditionFailure("\(error)")
    }
}

/// Asks again and again until `condition` holds; false after `seconds`.
public func eventually(seconds: Int = 60, _ condition: () throws -> Bool) rethrows -> Bool {
    let end = ContinuousClock.now + .seconds(seconds)
    while true {
        if try condition() { return true }
        if ContinuousClock.now >= end { return false }
        usleep(5000)
    }
}
