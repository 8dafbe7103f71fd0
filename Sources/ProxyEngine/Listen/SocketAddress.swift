internal import Addresses
internal import CLinux
internal import Glibc

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

    init(_ party: Party) {
        self.init(
            Endpoint(IPAddress(family: party.family == 4 ? .v4 : .v6, number: party.number), port: party.port)
        )
    }

    var endpoint: Endpoint {
        if family == AF_INET6 {
            let number = withUnsafeBytes(of: storage.sin6_addr) { $0.loadUnaligned(as: UInt128.self) }
            return Endpoint(IPAddress(family: .v6, number: UInt128(bigEndian: number)), port: port)
        }
        let v4 = withUnsafeBytes(of: storage) { $0.loadUnaligned(as: sockaddr_in.self) }
        return Endpoint(IPAddress(v4: UInt32(bigEndian: v4.sin_addr.s_addr)), port: port)
    }

    /// The port lies at the same place in both forms.
    var port: UInt16 {
        get { storage.sin6_port.bigEndian }
        set { storage.sin6_port = newValue.bigEndian }
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
