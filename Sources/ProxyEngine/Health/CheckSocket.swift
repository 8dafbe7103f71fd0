internal import Addresses
internal import CLinux
internal import Glibc
internal import HealthChecks
internal import Syscalls

/// The connection of a check, non-blocking, with TLS where it is asked for. The checker's thread owns it and closes it.
struct CheckSocket {
    let descriptor: CInt
    private(set) var layer = CheckRun.Layer.connecting
    private var tls: TLSSession?
    private var unsent: [UInt8] = []
    private let lingers: Bool

    enum Progress {
        case wait
        case connected
        case received([UInt8])
        case ended
        case failed(String, CheckRun.Layer)
    }

    /// - Parameters:
    ///   - lingers: It ends in order. Otherwise a reset spares both sides the TIME-WAIT state.
    ///   - source: Where the connection comes from; ports of its own are not taken for checks.
    init(_ place: Probe.Place, from source: SourceAddress?, lingers: Bool) throws(SystemError) {
        let endpoint: Endpoint
        var local: UnixAddress?
        switch place {
        case .endpoint(let there): endpoint = there
        case .path(let path):
            endpoint = Endpoint(IPAddress(v4: 0), port: 0)
            local = UnixAddress(path)
            if local == nil { throw SystemError(code: ENAMETOOLONG, operation: "connect") }
        case .nowhere: throw SystemError(code: EADDRNOTAVAIL, operation: "connect")
        }
        var address = SocketAddress(endpoint)
        let family = local == nil ? address.family : AF_UNIX
        let type = CInt(SOCK_STREAM.rawValue) | CInt(SOCK_NONBLOCK.rawValue) | CInt(SOCK_CLOEXEC.rawValue)
        descriptor = try syscall("socket") { socket(family, type, 0) }
        self.lingers = lingers
        _ = clinux_set_option(descriptor, CInt(IPPROTO_TCP), CInt(CLINUX_NODELAY), 1)
        let raw = descriptor
        if local == nil, let source { Self.bind(raw, source, family) }
        let code = local?.withPointer { connect(raw, $0, $1) } ?? address.withPointer { connect(raw, $0, $1) }
        if code < 0, errno != EINPROGRESS {
            let code = errno
            Glibc.close(raw)
            throw SystemError(code: code, operation: "connect")
        }
    }

    /// As far as the kernel lets it: a check from another address is better than none.
    private static func bind(_ socket: CInt, _ source: SourceAddress, _ family: CInt) {
        if !source.interface.isEmpty {
            setsockopt(socket, SOL_SOCKET, SO_BINDTODEVICE, source.interface, socklen_t(source.interface.utf8.count))
        }
        var address = SocketAddress(Endpoint(source.address, port: 0))
        guard source.address.number != 0, address.family == family else { return }
        _ = address.withPointer { Glibc.bind(socket, $0, $1) }
    }

    func close() {
        tls?.free()
        if !lingers {
            var linger = Glibc.linger(l_onoff: 1, l_linger: 0)
            setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
        }
        Glibc.close(descriptor)
    }

    /// The connection is there or has failed; asked once epoll(7) says so.
    mutating func finishConnecting() -> Progress {
        let code = clinux_socket_error(descriptor)
        guard code == 0 else { return .failed(ErrnoName(code).words, .connecting) }
        layer = .established
        return .connected
    }

    mutating func secure(_ session: TLSSession) {
        tls = session
        layer = .securing
    }

    mutating func handshake() -> Progress {
        guard let tls else { return .wait }
        switch tls.handshake() {
        case .done:
            layer = .established
            return .connected
        case .again: return .wait
        case .closed, .failed:
            let words =
                tls.nameDiffers
                ? "Server presented an SSL certificate different from the expected one" : "SSL handshake failure"
            return .failed(words, .securing)
        }
    }

    /// Sends what it can and keeps the rest.
    mutating func send(_ bytes: [UInt8]) {
        unsent += bytes
        flush()
    }

    mutating func flush() {
        while !unsent.isEmpty {
            let sent: Int
            if let tls {
                guard case .done(let count) = unsent.withUnsafeBytes({ tls.write($0) }) else { return }
                sent = count
            } else {
                sent = unsent.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL)) }
            }
            // A failure shows again when the answer is read.
            guard sent > 0 else { return }
            unsent.removeFirst(sent)
        }
    }

    /// What the server has said meanwhile.
    mutating func receive() -> Progress {
        var buffer = [UInt8](repeating: 0, count: 16384)
        if let tls {
            switch buffer.withUnsafeMutableBytes({ tls.read($0) }) {
            case .done(let count): return .received(Array(buffer.prefix(count)))
            case .again: return .wait
            case .closed: return .ended
            case .failed: return .ended
            }
        }
        let raw = descriptor
        let count = buffer.withUnsafeMutableBytes { recv(raw, $0.baseAddress, $0.count, 0) }
        if count > 0 { return .received(Array(buffer.prefix(count))) }
        if count == 0 { return .ended }
        if errno == EAGAIN || errno == EINTR { return .wait }
        return .failed(ErrnoName(errno).words, .established)
    }
}
