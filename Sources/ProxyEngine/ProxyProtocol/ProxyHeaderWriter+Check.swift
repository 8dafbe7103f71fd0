internal import CLinux
internal import Glibc

extension ProxyHeaderOptions {
    /// The header of a connection of our own, such as a health check with `check-send-proxy`, once it is established:
    /// version 1 tells the socket's own two ends, version 2 says LOCAL, as HAProxy does.
    func headerOfOurOwn(on descriptor: CInt) -> [UInt8] {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        var peer = clinux_peer()
        _ = withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getpeername(descriptor, $0, &length) }
        }
        clinux_peer_of(&storage, &peer)
        let server = Party(number: Worker.number(peer), port: peer.port, family: peer.family)
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: ProxyHeaderWriter.longest) { room in
            guard let base = room.baseAddress else { return [] }
            var writer = ProxyHeaderWriter(base)
            writer.write(self, from: Worker.party(of: descriptor), to: server, isLocal: true)
            return Array(room.prefix(writer.count))
        }
    }
}
