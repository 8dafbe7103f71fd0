internal import CMnl
internal import CNftnl
internal import Glibc
public import Netlink

/// Hears of every change of the packet filter, ours and others': `nft monitor`.
///
/// What it hears is a reason to look again, never data: ``NftablesSocket/generation()`` tells whether it was ours. The
/// socket belongs to the network namespace of the thread that made it.
public final class NftablesMonitor {
    private let socket: OpaquePointer
    private var buffer = [UInt8](repeating: 0, count: 65536)

    /// Readable when ``news()`` has something.
    public var descriptor: CInt { mnl_socket_get_fd(socket) }

    public init() throws(NetlinkError) {
        func failure() -> NetlinkError { NetlinkError(code: errno, action: "opening", object: "nftables monitor") }
        let flags = CInt(SOCK_CLOEXEC.rawValue) | CInt(SOCK_NONBLOCK.rawValue)
        guard let socket = mnl_socket_open2(NETLINK_NETFILTER, flags) else { throw failure() }
        var group = CInt(NFNLGRP_NFTABLES.rawValue)
        let size = socklen_t(MemoryLayout<CInt>.size)
        guard mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID) == 0,
            mnl_socket_setsockopt(socket, NETLINK_ADD_MEMBERSHIP, &group, size) == 0
        else {
            let error = failure()
            mnl_socket_close(socket)
            throw error
        }
        self.socket = socket
    }

    deinit { mnl_socket_close(socket) }

    /// Takes what waits; whether there was anything. Never blocks. ENOBUFS, which says that something was lost, is news
    /// like any other. Of very much it leaves a part for the next time.
    public func news() throws(NetlinkError) -> Bool {
        var isNews = false
        for _ in 0..<1024 {
            let descriptor = descriptor
            let count = buffer.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
            if count >= 0 || errno == ENOBUFS || errno == EINTR {
                isNews = true
            } else if errno == EAGAIN {
                return isNews
            } else {
                throw NetlinkError(code: errno, action: "reading", object: "nftables events")
            }
        }
        return isNews
    }
}
