import CLinux
import Glibc
import Syscalls

/// A packet to ourselves, of each family: where connections are tracked, it is one.
enum LoopbackDatagram {
    /// Waits for nothing. Without the loopback, or a family, nothing is sent.
    static func send() {
        var v4 = sockaddr_in()
        v4.sin_family = sa_family_t(AF_INET)
        v4.sin_addr.s_addr = in_addr_t(INADDR_LOOPBACK).bigEndian
        send(&v4)
        var v6 = sockaddr_in6()
        v6.sin6_family = sa_family_t(AF_INET6)
        v6.sin6_addr = in6addr_loopback
        send(&v6)
    }

    /// From a port that the kernel chooses to the same.
    private static func send<Address>(_ address: inout Address) {
        let type = CInt(SOCK_DGRAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue) | CInt(SOCK_NONBLOCK.rawValue)
        var length = socklen_t(MemoryLayout<Address>.size)
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { name in
                let socket = socket(CInt(name.pointee.sa_family), type, 0)
                if socket < 0 { return }
                defer { close(socket) }
                guard bind(socket, name, length) == 0, getsockname(socket, name, &length) == 0 else { return }
                _ = sendto(socket, "", 0, 0, name, length)
            }
        }
    }
}
