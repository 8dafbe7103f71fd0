internal import Addresses
internal import CLinux
internal import Glibc
public import Syscalls

extension Listener {
    /// A listening, non-blocking socket. What it accepts inherits its options.
    public func open(backlog: Int32) throws(SystemError) -> FileDescriptor {
        let socket: FileDescriptor
        switch address.place {
        case .endpoint(let endpoint): socket = try openInternet(SocketAddress(endpoint))
        case .path(let path): return try openPath(path, backlog)
        case .abstract(let name):
            socket = try unixSocket()
            guard var place = UnixAddress("@\(name)") else { throw tooLong }
            let raw = socket.raw
            try syscall("bind \(address)") { place.withPointer { Glibc.bind(raw, $0, $1) } }
        case .descriptor(let number): socket = try inherit(number)
        }
        let raw = socket.raw
        try syscall("listen on \(address)") { Glibc.listen(raw, backlog) }
        return socket
    }

    private static let type = CInt(SOCK_STREAM.rawValue) | CInt(SOCK_NONBLOCK.rawValue) | CInt(SOCK_CLOEXEC.rawValue)

    private var tooLong: SystemError { SystemError(code: ENAMETOOLONG, operation: "bind \(address)") }

    private func openInternet(_ place: SocketAddress) throws(SystemError) -> FileDescriptor {
        var place = place
        let family = place.family
        let namespace = address.namespace
        let made = try syscall("bind \(address)") {
            namespace.isEmpty
                ? Glibc.socket(family, Self.type, 0)
                : clinux_socket_in_namespace("/var/run/netns/\(namespace)", family, Self.type)
        }
        let opened = FileDescriptor(owning: made)
        let raw = opened.raw
        try syscall("bind \(address)") { clinux_set_option(raw, SOL_SOCKET, SO_REUSEADDR, 1) }
        if family == AF_INET6 {
            let only: CInt = address.onlyV6 ? 1 : 0
            try syscall("bind \(address)") { clinux_set_option(raw, CInt(IPPROTO_IPV6), IPV6_V6ONLY, only) }
        }
        if !address.interface.isEmpty {
            let name = address.interface
            try syscall("bind \(address) to interface \(name)") {
                setsockopt(raw, SOL_SOCKET, SO_BINDTODEVICE, name, socklen_t(name.utf8.count))
            }
        }
        if options.isTransparent { try makeTransparent(raw, family) }
        try configure(raw, replacing: nil)
        do throws(SystemError) {
            try syscall("bind \(address)") { place.withPointer { Glibc.bind(raw, $0, $1) } }
        } catch {
            // Of IPv4 an address that a `local` route makes ours can be bound; of IPv6 the kernel looks at interfaces only.
            guard error.code == EADDRNOTAVAIL, namespace.isEmpty,
                place.withPointer({ pointer, _ in clinux_is_routed_here(pointer) }) == 1
            else { throw error }
            try syscall("set freebind of \(address)") {
                clinux_set_option(raw, CInt(IPPROTO_IPV6), CInt(CLINUX_IPV6_FREEBIND), 1)
            }
            try syscall("bind \(address)") { place.withPointer { Glibc.bind(raw, $0, $1) } }
        }
        return opened
    }

    /// Foreign addresses can be bound with IP_TRANSPARENT (CAP_NET_ADMIN), and with IP_FREEBIND where that may not be.
    private func makeTransparent(_ socket: CInt, _ family: CInt) throws(SystemError) {
        let (level, names) =
            family == AF_INET
            ? (CInt(IPPROTO_IP), (CInt(CLINUX_IP_TRANSPARENT), CInt(CLINUX_IP_FREEBIND)))
            : (CInt(IPPROTO_IPV6), (CInt(CLINUX_IPV6_TRANSPARENT), CInt(CLINUX_IPV6_FREEBIND)))
        if clinux_set_option(socket, level, names.0, 1) == 0 { return }
        try syscall("bind \(address) as transparent") { clinux_set_option(socket, level, names.1, 1) }
    }

    /// Binds beside the path and renames, so that there is a socket at every moment while another process has it.
    private func openPath(_ path: String, _ backlog: Int32) throws(SystemError) -> FileDescriptor {
        let socket = try unixSocket()
        let raw = socket.raw
        let beside = "\(path).\(getpid()).tmp"
        guard var place = UnixAddress(beside), UnixAddress(path) != nil else { throw tooLong }
        unlink(beside)
        try syscall("bind \(address)") { place.withPointer { Glibc.bind(raw, $0, $1) } }
        do throws(SystemError) {
            try giveOwner(beside)
            try syscall("listen on \(address)") { Glibc.listen(raw, backlog) }
            try syscall("bind \(address)") { rename(beside, path) }
        } catch {
            unlink(beside)
            throw error
        }
        return socket
    }

    private func giveOwner(_ path: String) throws(SystemError) {
        if options.user != nil || options.group != nil {
            let (user, group) = (options.user ?? .max, options.group ?? .max)
            try syscall("give \(address) its owner") { chown(path, user, group) }
        }
        if let mode = options.mode { try syscall("give \(address) its mode") { chmod(path, mode) } }
    }

    private func unixSocket() throws(SystemError) -> FileDescriptor {
        let socket = FileDescriptor(owning: try syscall("bind \(address)") { Glibc.socket(AF_UNIX, Self.type, 0) })
        return socket
    }

    /// The descriptor stays open for whoever starts us again with it; what we start does not get it.
    private func inherit(_ number: Int32) throws(SystemError) -> FileDescriptor {
        let copy = try syscall("take \(address)") { fcntl(number, F_DUPFD_CLOEXEC, 3) }
        _ = fcntl(number, F_SETFD, FD_CLOEXEC)
        let socket = FileDescriptor(owning: copy)
        try syscall("take \(address)") { clinux_set_nonblocking(copy) }
        try configure(copy, replacing: nil)
        return socket
    }

    /// Sets what `options` say on a socket; only what differs from `old`.
    func configure(_ socket: CInt, replacing old: ListenerOptions?) throws(SystemError) {
        if case .path(let path) = address.place {
            if old?.mode != options.mode || old?.user != options.user || old?.group != options.group {
                try giveOwner(path)
            }
            return
        }
        if case .abstract = address.place { return }
        // An inherited descriptor may be a unix socket.
        if old == nil, case .descriptor = address.place, isUnix(socket) { return }
        if options != old ?? ListenerOptions() { try change(socket, from: old ?? ListenerOptions()) }
        if old == nil { _ = clinux_set_option(socket, CInt(IPPROTO_TCP), CInt(CLINUX_NODELAY), 1) }
        if let keepAlive = options.keepAlive { keepAlive.set(on: socket) }
    }

    private func change(_ socket: CInt, from old: ListenerOptions) throws(SystemError) {
        for (option, before) in zip(Self.values(options), Self.values(old)) where option.value != before.value {
            try syscall("set \(option.name) of \(address)") {
                clinux_set_option(socket, option.level, option.option, option.value)
            }
        }
    }

    private static func values(
        _ options: ListenerOptions
    ) -> [(name: String, level: CInt, option: CInt, value: CInt)] {
        let tcp = CInt(IPPROTO_TCP)
        let size = options.maxSegmentSize
        let least = max(88, defaultSegment + size)
        return [
            ("mss", tcp, CInt(CLINUX_TCP_MAXSEG), size < 0 ? least : size),
            ("tcp-ut", tcp, CInt(CLINUX_TCP_USER_TIMEOUT), CInt(clamping: options.userTimeout)),
            ("defer-accept", tcp, CInt(CLINUX_TCP_DEFER_ACCEPT), options.defersAccept ? 1 : 0),
            ("tfo", tcp, CInt(CLINUX_TCP_FASTOPEN), options.usesFastOpen ? fastOpenQueue : 0),
            ("keep-alive", SOL_SOCKET, SO_KEEPALIVE, options.keepAlive == nil ? 0 : 1),
        ]
    }

    /// What the kernel gives as the size of a segment before there is a connection; a negative `mss` counts from it.
    private static let defaultSegment: Int32 = 536
    /// Connections with data that may wait before their handshake is complete.
    private static let fastOpenQueue: CInt = 1024

    private func isUnix(_ socket: CInt) -> Bool {
        var family: CInt = 0
        var length = socklen_t(MemoryLayout<CInt>.size)
        return getsockopt(socket, SOL_SOCKET, SO_DOMAIN, &family, &length) == 0 && family == AF_UNIX
    }
}

extension KeepAlive {
    /// Probe count and times; a value that the kernel refuses leaves its own. SO_KEEPALIVE is the caller's.
    func set(on socket: CInt) {
        let tcp = CInt(IPPROTO_TCP)
        if count > 0 { _ = clinux_set_option(socket, tcp, CInt(CLINUX_TCP_KEEPCNT), CInt(clamping: count)) }
        if idle > 0 { _ = clinux_set_option(socket, tcp, CInt(CLINUX_TCP_KEEPIDLE), CInt(clamping: idle)) }
        if interval > 0 { _ = clinux_set_option(socket, tcp, CInt(CLINUX_TCP_KEEPINTVL), CInt(clamping: interval)) }
    }
}
