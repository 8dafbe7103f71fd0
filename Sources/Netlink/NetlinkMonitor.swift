internal import CMnl
internal import Glibc
public import Syscalls

/// Hears of every change of links, addresses, routes and rules, IPv4 and IPv6: `ip monitor link address route rule`.
///
/// What it hears is a reason to look again, never data: events can be lost, and come after the fact. The socket belongs
/// to the network namespace of the thread that made it.
public final class NetlinkMonitor {
    /// What has been heard.
    public struct News: Sendable, Hashable {
        /// How many messages.
        public var count = 0
        /// The kernel had more than the buffer holds (ENOBUFS): something was missed.
        public var isIncomplete = false

        public var isEmpty: Bool { count == 0 && !isIncomplete }
    }

    private let socket: FileDescriptor
    private var buffer = [UInt8](repeating: 0, count: 32768)

    /// Readable when ``news()`` has something.
    public var descriptor: CInt { socket.raw }

    /// - Parameter receiveBuffer: Bytes that the kernel keeps for us (SO_RCVBUF); nil for 1 MiB.
    public init(receiveBuffer: Int? = nil) throws(SystemError) {
        let type = CInt(SOCK_RAW.rawValue) | CInt(SOCK_CLOEXEC.rawValue) | CInt(SOCK_NONBLOCK.rawValue)
        socket = FileDescriptor(
            owning: try syscall("open rtnetlink monitor") { Glibc.socket(AF_NETLINK, type, NETLINK_ROUTE) }
        )
        let raw = socket.raw
        var size = CInt(truncatingIfNeeded: receiveBuffer ?? 1 << 20)
        // SO_RCVBUFFORCE goes beyond net.core.rmem_max, and only root may.
        for option in [SO_RCVBUFFORCE, SO_RCVBUF] {
            if setsockopt(raw, SOL_SOCKET, option, &size, socklen_t(MemoryLayout<CInt>.size)) == 0 { break }
        }
        var address = sockaddr_nl()
        address.nl_family = sa_family_t(AF_NETLINK)
        try syscall("bind rtnetlink monitor") {
            withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    Glibc.bind(raw, $0, socklen_t(MemoryLayout<sockaddr_nl>.size))
                }
            }
        }
        for group in Self.groups {
            var number = group.rawValue
            do throws(SystemError) {
                try syscall("join rtnetlink group \(number)") {
                    setsockopt(
                        raw,
                        SOL_NETLINK,
                        NETLINK_ADD_MEMBERSHIP,
                        &number,
                        socklen_t(MemoryLayout<UInt32>.size)
                    )
                }
            } catch  where error.code == EINVAL {
                // A kernel without IPv6 or policy routing does not know the group.
                continue
            }
        }
    }

    private static let groups = [
        RTNLGRP_LINK, RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR, RTNLGRP_IPV4_ROUTE, RTNLGRP_IPV6_ROUTE,
        RTNLGRP_IPV4_RULE, RTNLGRP_IPV6_RULE,
        // rp_filter is among what it tells.
        RTNLGRP_IPV4_NETCONF,
    ]

    /// Takes what waits; never blocks. Of very much it leaves a part for the next time, so that who writes faster than
    /// we read holds nobody up.
    public func news() throws(SystemError) -> News {
        var news = News()
        for _ in 0..<1024 {
            let raw = socket.raw
            do throws(SystemError) {
                let count = try syscallNonBlocking("read rtnetlink events") {
                    buffer.withUnsafeMutableBytes { recv(raw, $0.baseAddress, $0.count, 0) }
                }
                guard count != nil else { return news }
                news.count += 1
            } catch  where error.code == ENOBUFS {
                news.isIncomplete = true
            }
        }
        return news
    }
}
