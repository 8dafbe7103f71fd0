internal import CLinux
public import Glibc
public import Syscalls

/// Unix stream sockets of the runtime protocols.
public enum UnixSocket {
    /// Connects to `path`, with send and receive time-outs.
    public static func connect(_ path: String, timeoutMilliseconds: Int) throws(SystemError) -> FileDescriptor {
        let socket = FileDescriptor(owning: try open("connect to \(path)"))
        try setTimeout(socket.raw, milliseconds: timeoutMilliseconds)
        var (address, length) = try Self.address(path)
        let raw = socket.raw
        try syscall("connect to \(path)") {
            withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { Glibc.connect(raw, $0, length) }
            }
        }
        return socket
    }

    /// Listens on `path`. A file that is there already is replaced in one step, so that somebody listens at any moment;
    /// the new one has its mode and its owner from its first moment.
    ///
    /// - Parameters:
    ///   - user: nil: whoever we are.
    public static func listen(
        _ path: String,
        mode: mode_t,
        user: uid_t? = nil,
        group: gid_t? = nil
    ) throws(SystemError) -> FileDescriptor {
        let socket = FileDescriptor(owning: try open("listen on \(path)"))
        // As HAProxy: bound beside its place, then renamed. A path too long for that is given up first.
        var place = path.hasPrefix("@") ? path : "\(path).\(getpid()).tmp"
        if place.utf8.count > 107 { place = path }
        var (address, length) = try Self.address(place)
        let raw = socket.raw
        if !place.hasPrefix("@") { unlink(place) }
        try syscall("bind \(path)") {
            withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { Glibc.bind(raw, $0, length) }
            }
        }
        // Before anybody can connect. umask(2) instead would be the whole process's: two threads here at once would leave
        // it as neither found it.
        if !place.hasPrefix("@") {
            let (own, ownGroup) = (user ?? .max, group ?? .max)
            if own != .max || ownGroup != .max {
                try syscall("give \(path) its owner") { chown(place, own, ownGroup) }
            }
            try syscall("change the mode of \(path)") { chmod(place, mode) }
        }
        try syscall("listen on \(path)") { Glibc.listen(raw, 32) }
        if place != path {
            let from = place
            try syscall("bind \(path)") {
                let code = rename(from, path)
                if code != 0 { unlink(from) }
                return code
            }
        }
        return socket
    }

    /// Sets how long a send or a receive may take.
    public static func setTimeout(_ socket: CInt, milliseconds: Int) throws(SystemError) {
        var limit = timeval(tv_sec: milliseconds / 1000, tv_usec: milliseconds % 1000 * 1000)
        let size = socklen_t(MemoryLayout<timeval>.size)
        try syscall("set a receive time-out") { setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, size) }
        try syscall("set a send time-out") { setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &limit, size) }
    }

    /// Sends all of `text`; a peer that has gone is EPIPE, never a signal.
    public static func send(_ text: String, to socket: CInt, path: String = "") throws(SystemError) {
        let bytes = Array(text.utf8)
        var offset = 0
        while offset < bytes.count {
            let start = offset
            offset += try syscall("send to \(path)") {
                bytes.withUnsafeBytes {
                    Glibc.send(
                        socket,
                        $0.baseAddress?.advanced(by: start),
                        $0.count - start,
                        CInt(MSG_NOSIGNAL)
                    )
                }
            }
        }
    }

    /// Sends `request` with a newline and gives the line that is answered, without its newline.
    ///
    /// - Throws: ENOENT or ECONNREFUSED if nobody listens, EACCES if we may not ask, EAGAIN if there is no answer in time,
    ///   ECONNRESET for a connection that ends before it, EMSGSIZE for an answer of more than 4 MiB.
    public static func ask(
        _ request: String,
        at path: String,
        timeoutMilliseconds: Int
    ) throws(SystemError) -> [UInt8] {
        let socket = try connect(path, timeoutMilliseconds: timeoutMilliseconds)
        try send(request + "\n", to: socket.raw, path: path)
        var answer: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65536)
        while true {
            let raw = socket.raw
            let count = try syscall("read from \(path)") {
                chunk.withUnsafeMutableBytes { recv(raw, $0.baseAddress, $0.count, 0) }
            }
            if count == 0 { throw SystemError(code: ECONNRESET, operation: "read from \(path)") }
            let read = chunk.prefix(count)
            if let end = read.firstIndex(of: UInt8(ascii: "\n")) { return answer + read[..<end] }
            answer += read
            if answer.count > 1 << 22 { throw SystemError(code: EMSGSIZE, operation: "read from \(path)") }
        }
    }

    private static func open(_ operation: String) throws(SystemError) -> CInt {
        let type = CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue)
        return try syscall(operation) { socket(AF_UNIX, type, 0) }
    }

    private static func address(_ path: String) throws(SystemError) -> (sockaddr_un, socklen_t) {
        var address = sockaddr_un()
        let length = clinux_unix_address(&address, path)
        guard length > 0 else { throw SystemError(code: ENAMETOOLONG, operation: "use socket path \(path)") }
        return (address, length)
    }
}
