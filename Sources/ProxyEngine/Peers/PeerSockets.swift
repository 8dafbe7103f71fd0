internal import Addresses
internal import CLinux
internal import Glibc

/// Sockets of peers.
enum PeerSockets {
    private static func open(_ family: CInt) -> CInt {
        let type = CInt(SOCK_STREAM.rawValue) | CInt(SOCK_NONBLOCK.rawValue) | CInt(SOCK_CLOEXEC.rawValue)
        return socket(family, type, 0)
    }

    /// The negative of errno if the address cannot be had. Another process, that takes over or is taken over from, may listen there too.
    static func listen(at endpoint: Endpoint) -> CInt {
        var address = SocketAddress(endpoint)
        let descriptor = open(address.family)
        if descriptor < 0 { return -errno }
        _ = clinux_set_option(descriptor, SOL_SOCKET, SO_REUSEADDR, 1)
        _ = clinux_set_option(descriptor, SOL_SOCKET, SO_REUSEPORT, 1)
        guard address.withPointer({ bind(descriptor, $0, $1) }) == 0, Glibc.listen(descriptor, 16) == 0 else {
            let code = errno
            close(descriptor)
            return -code
        }
        return descriptor
    }

    /// A connection under way; -1 if there can be none.
    static func connect(to endpoint: Endpoint) -> CInt {
        var address = SocketAddress(endpoint)
        let descriptor = open(address.family)
        if descriptor < 0 { return -1 }
        ready(descriptor)
        if address.withPointer({ Glibc.connect(descriptor, $0, $1) }) == 0 || errno == EINPROGRESS { return descriptor }
        close(descriptor)
        return -1
    }

    /// nil if nobody waits; also where the connection comes from and leads to.
    static func accept(_ listener: CInt) -> (socket: CInt, ends: PeerSession.Ends)? {
        var peer = clinux_peer()
        let descriptor = clinux_accept(listener, &peer)
        if descriptor < 0 { return nil }
        ready(descriptor)
        var own = clinux_peer()
        _ = clinux_local_address(descriptor, &own)
        return (descriptor, PeerSession.Ends(source: endpoint(peer), own: endpoint(own)))
    }

    private static func endpoint(_ peer: clinux_peer) -> Endpoint {
        Endpoint(IPAddress(family: peer.family == 6 ? .v6 : .v4, number: Worker.number(peer)), port: peer.port)
    }

    private static func ready(_ descriptor: CInt) {
        _ = clinux_set_option(descriptor, CInt(IPPROTO_TCP), CInt(CLINUX_NODELAY), 1)
    }
}
