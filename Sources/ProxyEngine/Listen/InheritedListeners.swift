internal import Addresses
internal import CLinux
internal import Glibc

/// Listening sockets that another process had before us: of a former start (`-x`, `-sf`), or of the program that was
/// replaced by this one. Each is taken by the listener with its address; what nobody takes is closed at the end.
///
/// A socket that is shared keeps its accept queue, so that no connection is lost.
public struct InheritedListeners: ~Copyable {
    private var sockets: [ListenAddress: [CInt]] = [:]

    public init() {}

    deinit { for list in sockets.values { for socket in list { close(socket) } } }

    public var isEmpty: Bool { sockets.isEmpty }
    public var addresses: Set<ListenAddress> { Set(sockets.keys) }

    /// Takes `descriptor` in, or closes it if nothing could listen with it.
    ///
    /// - Parameter namespace: The network namespace that its owner names; nil if nobody said: then it must be ours.
    public mutating func add(_ descriptor: CInt, namespace: String? = nil) {
        guard var address = Self.address(of: descriptor), namespace != nil || isOurs(descriptor) else {
            close(descriptor)
            return
        }
        address.namespace = namespace ?? ""
        sockets[address, default: []].append(descriptor)
    }

    /// The socket that listens at `address`; nil if there is none. The caller owns it.
    public mutating func take(_ address: ListenAddress, backlog: Int32) -> CInt? {
        var key = address
        if sockets[key] == nil, key.endpoint?.address.family == .v6 {
            // `v6only` cannot be changed any more: the socket as it is is better than none.
            key.onlyV6.toggle()
        }
        guard let socket = sockets[key]?.popLast() else { return nil }
        if sockets[key]?.isEmpty ?? false { sockets[key] = nil }
        _ = clinux_set_nonblocking(socket)
        // The queue becomes as long as we want it; what is in it stays.
        _ = listen(socket, backlog)
        return socket
    }

    /// Where a listening socket of TCP or of the abstract namespace listens; nil for any other descriptor. A socket with a
    /// path is made anew and takes the path in one step, so that nobody need hand it over.
    public static func address(of descriptor: CInt) -> ListenAddress? {
        guard option(descriptor, SOL_SOCKET, SO_ACCEPTCONN) == 1, option(descriptor, SOL_SOCKET, SO_TYPE) == stream
        else { return nil }
        var storage = sockaddr_un()
        var length = socklen_t(MemoryLayout<sockaddr_un>.size)
        return withUnsafeMutableBytes(of: &storage) { bytes in
            guard let base = bytes.baseAddress,
                getsockname(descriptor, base.assumingMemoryBound(to: sockaddr.self), &length) == 0
            else { return nil }
            switch CInt(bytes.loadUnaligned(as: UInt16.self)) {
            case AF_INET:
                let number = UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: 4, as: UInt32.self))
                return internet(descriptor, IPAddress(family: .v4, number: UInt128(number)), bytes)
            case AF_INET6:
                let number = UInt128(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt128.self))
                return internet(descriptor, IPAddress(family: .v6, number: number), bytes)
            case AF_UNIX where length > 3 && bytes[2] == 0:
                let name = bytes[3..<Int(length)].prefix { $0 != 0 }
                return ListenAddress(.abstract(String(decoding: name, as: UTF8.self)))
            default: return nil
            }
        }
    }

    private static let stream = CInt(SOCK_STREAM.rawValue)

    private static func internet(
        _ descriptor: CInt,
        _ address: IPAddress,
        _ name: UnsafeMutableRawBufferPointer
    ) -> ListenAddress? {
        guard option(descriptor, SOL_SOCKET, SO_PROTOCOL) == CInt(IPPROTO_TCP) else { return nil }
        let port = UInt16(bigEndian: name.loadUnaligned(fromByteOffset: 2, as: UInt16.self))
        var bytes = [UInt8](repeating: 0, count: 16)
        var size = socklen_t(bytes.count)
        let code = bytes.withUnsafeMutableBytes {
            getsockopt(descriptor, SOL_SOCKET, SO_BINDTODEVICE, $0.baseAddress, &size)
        }
        let interface = code == 0 ? String(decoding: bytes.prefix(Int(size)).prefix { $0 != 0 }, as: UTF8.self) : ""
        let takesV4 = address.family == .v6 && option(descriptor, CInt(IPPROTO_IPV6), IPV6_V6ONLY) == 0
        return ListenAddress(Endpoint(address, port: port), onlyV6: !takesV4, interface: interface)
    }

    /// In our network namespace.
    private func isOurs(_ descriptor: CInt) -> Bool {
        let own = Glibc.socket(AF_INET, Self.stream, 0)
        defer { close(own) }
        return Self.namespace(descriptor) == Self.namespace(own)
    }

    private static func namespace(_ descriptor: CInt) -> UInt64 {
        var cookie: UInt64 = 0
        var length = socklen_t(MemoryLayout<UInt64>.size)
        // SO_NETNS_COOKIE; a kernel that does not know it gives 0 for every socket.
        return getsockopt(descriptor, SOL_SOCKET, 71, &cookie, &length) == 0 ? cookie : 0
    }

    private static func option(_ descriptor: CInt, _ level: CInt, _ name: CInt) -> CInt {
        var value: CInt = 0
        var length = socklen_t(MemoryLayout<CInt>.size)
        return getsockopt(descriptor, level, name, &value, &length) == 0 ? value : -1
    }
}
