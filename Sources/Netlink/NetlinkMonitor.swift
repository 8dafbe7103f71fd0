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
    private let operation: String
    private var buffer = [UInt8](repeating: 0, count: 32768)

    /// Readable when ``news()`` has something.
    public var descriptor: CInt { socket.raw }

    /// - Parameter receiveBuffer: Bytes that the kernel keeps for us (SO_RCVBUF); nil for 1 MiB.
    public convenience init(receiveBuffer: Int? = nil) throws(SystemError) {
        let groups = Self.groups.map { $0.rawValue }
        try self.init(NETLINK_ROUTE, "rtnetlink", groups: groups, receiveBuffer: receiveBuffer ?? 1 << 20)
    }

    /// Hears of what the kernel tells these groups.
    ///
    /// - Parameters:
    ///   - family: `NETLINK_ROUTE`, `NETLINK_NETFILTER`.
    ///   - name: What errors call it.
    ///   - groups: At least one must be there. A kernel without IPv6 or policy routing does not know all.
    ///   - receiveBuffer: nil for the kernel's usual.
    package init(
        _ family: CInt,
        _ name: String,
        groups: [UInt32],
        receiveBuffer: Int? = nil
    ) throws(SystemError) {
        let type = CInt(SOCK_RAW.rawValue) | CInt(SOCK_CLOEXEC.rawValue) | CInt(SOCK_NONBLOCK.rawValue)
        socket = FileDescriptor(
            owning: try syscall("open \(name) monitor") { Glibc.socket(AF_NETLINK, type, family) }
        )
        operation = "read \(name) events"
        let raw = socket.raw
        if let receiveBuffer { setSocketBuffer(raw, [SO_RCVBUFFORCE, SO_RCVBUF], receiveBuffer) }
        var address = sockaddr_nl()
        address.nl_family = sa_family_t(AF_NETLINK)
        try syscall("bind \(name) monitor") {
            withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    Glibc.bind(raw, $0, socklen_t(MemoryLayout<sockaddr_nl>.size))
                }
            }
        }
        var unknown: SystemError?
        var isJoined = false
        for group in groups {
            var number = group
            do throws(SystemError) {
                try syscall("join \(name) group \(number)") {
                    setsockopt(
                        raw,
                        SOL_NETLINK,
                        NETLINK_ADD_MEMBERSHIP,
                        &number,
                        socklen_t(MemoryLayout<UInt32>.size)
                    )
                }
                isJoined = true
            } catch  where error.code == EINVAL {
                unknown = error
            }
        }
        if let unknown, !isJoined { throw unknown }
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
                let count = try syscallNonBlocking(operation) {
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
