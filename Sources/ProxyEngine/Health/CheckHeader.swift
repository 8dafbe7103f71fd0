internal import Glibc

/// The PROXY header of a check (`check-send-proxy`): version 1 tells of the connection itself, version 2 that it is local.
enum CheckHeader {
    static func bytes(_ options: ProxyHeaderOptions, on socket: CInt) -> [UInt8] {
        let source = Worker.party(of: socket)
        let destination = peer(socket)
        return [UInt8](unsafeUninitializedCapacity: ProxyHeaderWriter.longest) { buffer, count in
            guard let room = buffer.baseAddress else { return }
            var writer = ProxyHeaderWriter(room)
            writer.write(options, from: source, to: destination, isLocal: true)
            count = writer.count
        }
    }

    private static func peer(_ socket: CInt) -> Party {
        var storage = sockaddr_in6()
        var length = socklen_t(MemoryLayout<sockaddr_in6>.size)
        return withUnsafeMutablePointer(to: &storage) { pointer in
            let code = pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getpeername(socket, $0, &length) }
            guard code == 0 else { return Party() }
            switch CInt(pointer.pointee.sin6_family) {
            case AF_INET6:
                let number = withUnsafeBytes(of: pointer.pointee.sin6_addr) { $0.loadUnaligned(as: UInt128.self) }
                let port = UInt16(bigEndian: pointer.pointee.sin6_port)
                return Party(number: UInt128(bigEndian: number), port: port, family: 6)
            case AF_INET:
                return pointer.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                    let number = UInt128(UInt32(bigEndian: $0.pointee.sin_addr.s_addr))
                    return Party(number: number, port: UInt16(bigEndian: $0.pointee.sin_port), family: 4)
                }
            default: return Party()
            }
        }
    }
}
