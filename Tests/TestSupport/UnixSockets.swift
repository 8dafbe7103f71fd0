import CLinux
public import Glibc
public import Syscalls

extension TestSocket {
    /// Connects to a unix socket: a path, or `@` and a name of the abstract namespace as `abns@` has it.
    public static func connect(unix place: String) throws(SystemError) -> TestSocket {
        let socket = try unixSocket()
        var address = sockaddr_un()
        let length = unixAddress(&address, place)
        try syscall("connect to \(place)") {
            withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { Glibc.connect(socket.raw, $0, length) }
            }
        }
        return socket
    }

    /// Listens on a unix socket, or takes datagrams there.
    public static func bound(
        unix place: String,
        _ type: __socket_type = SOCK_STREAM
    ) throws(SystemError) -> TestSocket {
        let socket = try unixSocket(type)
        var address = sockaddr_un()
        let length = unixAddress(&address, place)
        try syscall("bind \(place)") {
            withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { Glibc.bind(socket.raw, $0, length) }
            }
        }
        if type == SOCK_STREAM { try syscall("listen") { Glibc.listen(socket.raw, 128) } }
        return socket
    }

    /// Connects to a port of `::1`.
    public static func connectV6(port: UInt16) throws(SystemError) -> TestSocket {
        let type = CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue)
        let socket = TestSocket(owning: try syscall("socket") { Glibc.socket(AF_INET6, type, 0) })
        var address = sockaddr_in6()
        address.sin6_family = sa_family_t(AF_INET6)
        address.sin6_port = port.bigEndian
        address.sin6_addr = in6addr_loopback
        try syscall("connect to [::1]:\(port)") {
            withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    Glibc.connect(socket.raw, $0, socklen_t(MemoryLayout<sockaddr_in6>.size))
                }
            }
        }
        return socket
    }

    private static func unixSocket(_ type: __socket_type = SOCK_STREAM) throws(SystemError) -> TestSocket {
        let type = CInt(type.rawValue) | CInt(SOCK_CLOEXEC.rawValue)
        return TestSocket(owning: try syscall("socket") { Glibc.socket(AF_UNIX, type, 0) })
    }

    private static func unixAddress(_ address: inout sockaddr_un, _ place: String) -> socklen_t {
        place.hasPrefix("@")
            ? clinux_abns_address(&address, String(place.dropFirst())) : clinux_unix_address(&address, place)
    }

    /// `127.0.0.1:80`, `[::1]:80` or `unix`: the other end.
    public var peer: String {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        var peer = clinux_peer()
        _ = withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getpeername(raw, $0, &length) }
        }
        clinux_peer_of(&storage, &peer)
        var text = [CChar](repeating: 0, count: 64)
        let family = peer.family == 4 ? AF_INET : AF_INET6
        guard peer.family != 0 else { return "unix" }
        withUnsafeBytes(of: peer.address) { _ = inet_ntop(family, $0.baseAddress, &text, 64) }
        let host = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return peer.family == 4 ? "\(host):\(peer.port)" : "[\(host)]:\(peer.port)"
    }
}
