internal import Addresses
internal import CLinux
internal import Glibc
public import Syscalls

/// An endpoint as the kernel wants it: sockaddr_in or sockaddr_in6, in the room of the larger one. A trivial value, so
/// that tables of it are plain memory.
struct SocketAddress {
    private var storage = sockaddr_in6()
    private(set) var length: socklen_t

    init(_ endpoint: Endpoint) {
        switch endpoint.address.family {
        case .v4:
            var v4 = sockaddr_in()
            v4.sin_family = sa_family_t(AF_INET)
            v4.sin_port = endpoint.port.bigEndian
            v4.sin_addr.s_addr = UInt32(truncatingIfNeeded: endpoint.address.number).bigEndian
            length = socklen_t(MemoryLayout<sockaddr_in>.size)
            withUnsafeMutableBytes(of: &storage) { $0.storeBytes(of: v4, as: sockaddr_in.self) }
        case .v6:
            length = socklen_t(MemoryLayout<sockaddr_in6>.size)
            storage.sin6_family = sa_family_t(AF_INET6)
            storage.sin6_port = endpoint.port.bigEndian
            let number = endpoint.address.number.bigEndian
            withUnsafeMutableBytes(of: &storage.sin6_addr) { $0.storeBytes(of: number, as: UInt128.self) }
        }
    }

    var family: CInt { length == socklen_t(MemoryLayout<sockaddr_in>.size) ? AF_INET : AF_INET6 }

    @inline(__always)
    mutating func withPointer<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        let length = length
        return withUnsafePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
        }
    }
}

extension ListenAddress {
    /// A listening, non-blocking TCP socket at this address. TCP_NODELAY is inherited by what it accepts.
    public func open(backlog: Int32) throws(SystemError) -> FileDescriptor {
        var address = SocketAddress(endpoint)
        let type = CInt(SOCK_STREAM.rawValue) | CInt(SOCK_NONBLOCK.rawValue) | CInt(SOCK_CLOEXEC.rawValue)
        let family = address.family
        let socket = FileDescriptor(owning: try syscall("bind \(self)") { Glibc.socket(family, type, 0) })
        let raw = socket.raw
        try syscall("bind \(self)") { clinux_set_option(raw, SOL_SOCKET, SO_REUSEADDR, 1) }
        if family == AF_INET6 {
            let only: CInt = onlyV6 ? 1 : 0
            try syscall("bind \(self)") { clinux_set_option(raw, CInt(IPPROTO_IPV6), IPV6_V6ONLY, only) }
        }
        if !interface.isEmpty {
            let name = interface
            try syscall("bind \(self) to interface \(name)") {
                setsockopt(raw, SOL_SOCKET, SO_BINDTODEVICE, name, socklen_t(name.utf8.count))
            }
        }
        try syscall("bind \(self)") { clinux_set_option(raw, CInt(IPPROTO_TCP), CInt(CLINUX_NODELAY), 1) }
        try syscall("bind \(self)") { address.withPointer { Glibc.bind(raw, $0, $1) } }
        try syscall("listen on \(self)") { Glibc.listen(raw, backlog) }
        return socket
    }
}
