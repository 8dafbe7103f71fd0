import Glibc
import Syscalls
import CLinux

/// An IPv4 address and a port, both in the order of the machine.
struct Endpoint {
    var address: UInt32
    var port: UInt16

    init(address: UInt32, port: UInt16) {
        self.address = address
        self.port = port
    }

    /// `10.0.0.1:80`
    init(_ text: String) throws {
        let parts = text.split(separator: ":")
        var raw = in_addr()
        guard parts.count == 2, let port = UInt16(parts[1]), inet_pton(AF_INET, String(parts[0]), &raw) == 1 else {
            throw UsageError(text: "'\(text)' is not ADDRESS:PORT")
        }
        self.init(address: UInt32(bigEndian: raw.s_addr), port: port)
    }

    private func withPointer<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = self.address.bigEndian
        address.sin_port = port.bigEndian
        return withUnsafePointer(to: address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
    }

    private static func socket() -> CInt {
        Glibc.socket(AF_INET, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_NONBLOCK.rawValue), 0)
    }

    /// A listening socket.
    func listen() throws -> CInt {
        let descriptor = try syscall("socket") { Self.socket() }
        _ = clinux_set_option(descriptor, SOL_SOCKET, SO_REUSEADDR, 1)
        try syscall("bind port \(port)") { withPointer { bind(descriptor, $0, $1) } }
        try syscall("listen on port \(port)") { Glibc.listen(descriptor, 65535) }
        return descriptor
    }

    /// A socket that is being connected, from one of our addresses; -1 and errno if that fails at once.
    func connect(from source: UInt32) -> CInt {
        let descriptor = Self.socket()
        if descriptor < 0 { return -1 }
        if source != 0 {
            // The port is chosen when the target is known: each address has 64,000 for each target.
            let ipBindAddressNoPort: CInt = 24
            _ = clinux_set_option(descriptor, CInt(IPPROTO_IP), ipBindAddressNoPort, 1)
            if Endpoint(address: source, port: 0).withPointer({ bind(descriptor, $0, $1) }) < 0 {
                return Self.failed(descriptor)
            }
        }
        if withPointer({ Glibc.connect(descriptor, $0, $1) }) < 0, errno != EINPROGRESS {
            return Self.failed(descriptor)
        }
        return descriptor
    }

    private static func failed(_ descriptor: CInt) -> CInt {
        let code = errno
        close(descriptor)
        errno = code
        return -1
    }
}

/// Nanoseconds of the monotonic clock.
@inline(__always)
func nanoseconds() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}
