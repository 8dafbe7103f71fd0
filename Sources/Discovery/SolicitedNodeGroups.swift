internal import Addresses
internal import CLinux
internal import Glibc
internal import Syscalls

/// The multicast groups in which IPv6 hosts ask for addresses of ours. Joined in the kernel, so that the card lets them
/// through and switches that look at reports (MLD) send them here: the kernel itself joins only those of addresses that
/// an interface has.
final class SolicitedNodeGroups {
    private let interface: CInt
    /// By group: its socket. One socket may not have very many (net.core.optmem_max).
    private var joined: [IPAddress: CInt] = [:]
    private var sockets: [CInt] = []

    init(_ interface: Int) { self.interface = CInt(interface) }

    deinit { for socket in sockets { close(socket) } }

    /// Joins those of these addresses; false if the kernel took not all of them.
    func join(_ addresses: some Collection<IPAddress>) throws(SystemError) -> Bool {
        for group in Set(addresses.lazy.map { $0.solicitedNodeGroup }) where joined[group] == nil {
            if !(try join(group)) { return false }
        }
        return true
    }

    private func join(_ group: IPAddress) throws(SystemError) -> Bool {
        let bytes = group.bytes
        if let socket = sockets.last, clinux_join_group(socket, bytes, interface) == 0 {
            joined[group] = socket
            return true
        }
        // The last one is full, or there is none.
        let made = try syscall("open a socket for multicast groups") {
            socket(AF_INET6, CInt(SOCK_DGRAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        }
        guard clinux_join_group(made, bytes, interface) == 0 else {
            close(made)
            return false
        }
        sockets.append(made)
        joined[group] = made
        return true
    }

    /// Leaves all but those of these addresses.
    func keep(_ addresses: some Collection<IPAddress>) {
        let wanted = Set(addresses.lazy.map { $0.solicitedNodeGroup })
        for (group, socket) in joined where !wanted.contains(group) {
            _ = clinux_leave_group(socket, group.bytes, interface)
            joined[group] = nil
        }
    }
}
