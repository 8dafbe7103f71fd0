internal import Addresses
internal import Glibc

/// The address of a name server as the kernel wants it.
enum DNSAddress {
    /// As connect(2).
    static func connect(_ socket: CInt, _ endpoint: Endpoint) -> CInt {
        switch endpoint.address.family {
        case .v4:
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = endpoint.port.bigEndian
            address.sin_addr.s_addr = UInt32(truncatingIfNeeded: endpoint.address.number).bigEndian
            return withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    Glibc.connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
        case .v6:
            var address = sockaddr_in6()
            address.sin6_family = sa_family_t(AF_INET6)
            address.sin6_port = endpoint.port.bigEndian
            let number = endpoint.address.number.bigEndian
            withUnsafeMutableBytes(of: &address.sin6_addr) { $0.storeBytes(of: number, as: UInt128.self) }
            return withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    Glibc.connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in6>.size))
                }
            }
        }
    }

    /// The name servers of resolv.conf(5), as `parse-resolv-conf` takes them.
    static func system(_ text: String) -> [Endpoint] {
        text.split(separator: "\n").compactMap { line in
            let words = line.split { $0 == " " || $0 == "\t" }
            guard words.count >= 2, words[0] == "nameserver" else { return nil }
            return IPAddress(String(words[1])).map { Endpoint($0, port: 53) }
        }
    }
}
