internal import Addresses
internal import CLinux
internal import Glibc
internal import Syscalls

/// Sockets that are connected to an address without waiting.
enum SocketConnection {
    /// - Parameter type: SOCK_DGRAM or SOCK_STREAM.
    /// - Returns: Connected, or on its way there.
    static func open(_ endpoint: Endpoint, _ type: __socket_type) throws(SystemError) -> FileDescriptor {
        let family = endpoint.address.family == .v4 ? AF_INET : AF_INET6
        let flags = CInt(type.rawValue) | CInt(SOCK_CLOEXEC.rawValue) | CInt(SOCK_NONBLOCK.rawValue)
        let descriptor = FileDescriptor(owning: try syscall("open a socket") { socket(family, flags, 0) })
        let raw = descriptor.raw
        guard connect(raw, endpoint) != 0, errno != EINPROGRESS else { return descriptor }
        throw SystemError(code: errno, operation: "connect to \(endpoint)")
    }

    private static func connect(_ socket: CInt, _ endpoint: Endpoint) -> CInt {
        func connect(_ pointer: UnsafeRawPointer, _ size: Int) -> CInt {
            Glibc.connect(socket, pointer.assumingMemoryBound(to: sockaddr.self), socklen_t(size))
        }
        switch endpoint.address.family {
        case .v4:
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = endpoint.port.bigEndian
            address.sin_addr.s_addr = UInt32(truncatingIfNeeded: endpoint.address.number).bigEndian
            return connect(&address, MemoryLayout<sockaddr_in>.size)
        case .v6:
            var address = sockaddr_in6()
            address.sin6_family = sa_family_t(AF_INET6)
            address.sin6_port = endpoint.port.bigEndian
            let number = endpoint.address.number.bigEndian
            withUnsafeMutableBytes(of: &address.sin6_addr) { $0.storeBytes(of: number, as: UInt128.self) }
            return connect(&address, MemoryLayout<sockaddr_in6>.size)
        }
    }

    /// Why a TCP port does not take connections; nil if it does.
    static func refusal(_ endpoint: Endpoint, milliseconds: CInt) -> SystemError? {
        do throws(SystemError) {
            let descriptor = try open(endpoint, SOCK_STREAM)
            var wait = pollfd(fd: descriptor.raw, events: Int16(POLLOUT), revents: 0)
            let count = try syscall("connect to \(endpoint)") { poll(&wait, 1, milliseconds) }
            let code = count == 0 ? ETIMEDOUT : clinux_socket_error(descriptor.raw)
            return code == 0 ? nil : SystemError(code: code, operation: "connect to \(endpoint)")
        } catch {
            return error
        }
    }
}
