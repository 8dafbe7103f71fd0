internal import CLinux
internal import Glibc

// Connections to servers that ask for more than connect(2) to their address.
extension Worker {
    /// A socket that connects, or has connected, as `special` wants; -1 and errno otherwise.
    mutating func connectSpecially(
        _ connection: UnsafeMutablePointer<Connection>,
        _ server: UnsafePointer<ServerEntry>,
        _ special: UnsafePointer<SpecialConnection>
    ) -> CInt {
        let type = CInt(SOCK_STREAM.rawValue) | CInt(SOCK_NONBLOCK.rawValue) | CInt(SOCK_CLOEXEC.rawValue)
        if var address = special.pointee.unix {
            let descriptor = socket(AF_UNIX, type, 0)
            if descriptor < 0 { return -1 }
            return Self.settled(descriptor, address.withPointer { connect(descriptor, $0, $1) })
        }
        var address = server.pointee.address
        if special.pointee.mapsPort {
            let port = Int32(destination(connection).port) &+ special.pointee.portOffset
            address.port = UInt16(truncatingIfNeeded: port)
        }
        var attempts = max(1, min(special.pointee.source?.portCount ?? 0, 64))
        while true {
            attempts -= 1
            let descriptor = socket(address.family, type, 0)
            if descriptor < 0 { return -1 }
            special.pointee.prepare(descriptor)
            if special.pointee.connectsSmartly, hasInput(connection) {
                _ = clinux_set_option(descriptor, CInt(IPPROTO_TCP), CInt(CLINUX_QUICKACK), 0)
            }
            var code: CInt = 0
            if let source = special.pointee.source {
                code = bindSource(descriptor, source, connection, server, address.family)
            }
            let isBound = code == 0
            if isBound { code = address.withPointer { connect(descriptor, $0, $1) } }
            let settled = Self.settled(descriptor, code)
            // The next port of a range may be free.
            if settled >= 0 || attempts == 0 || (errno != EADDRINUSE && errno != EADDRNOTAVAIL) {
                if !isBound { reportUnbound(connection) }
                return settled
            }
        }
    }

    /// Tells the log of the backend, in HAProxy's words; errno stays.
    private mutating func reportUnbound(_ connection: UnsafeMutablePointer<Connection>) {
        let reason = errno
        defer { errno = reason }
        guard let backend = connection.pointee.backend, let group = log.begin(backend.pointee.log, .emergency) else {
            return
        }
        log.line.text("Cannot bind to source address before connect() for backend ")
        log.line.text(backend.pointee.name)
        log.line.text(".")
        log.end(group, .emergency)
    }

    /// Closes a socket whose connection cannot come about; errno stays.
    private static func settled(_ descriptor: CInt, _ code: CInt) -> CInt {
        if code == 0 || errno == EINPROGRESS { return descriptor }
        let reason = errno
        close(descriptor)
        errno = reason
        return -1
    }

    private func hasInput(_ connection: UnsafeMutablePointer<Connection>) -> Bool {
        var byte: UInt8 = 0
        return recv(connection.pointee.client, &byte, 1, CInt(MSG_PEEK) | CInt(MSG_DONTWAIT)) > 0
    }

    private func bindSource(
        _ descriptor: CInt,
        _ source: SourceEntry,
        _ connection: UnsafeMutablePointer<Connection>,
        _ server: UnsafePointer<ServerEntry>,
        _ family: CInt
    ) -> CInt {
        if let interface = source.interface {
            let length = socklen_t(source.interfaceLength)
            if setsockopt(descriptor, SOL_SOCKET, SO_BINDTODEVICE, interface, length) < 0 { return -1 }
        }
        var party = source.address
        switch source.kind {
        case .own:
            if source.portCount > 0 {
                let turn = clinux_atomic_add(&server.pointee.cells.pointee.sourceTurn, 1)
                party.port = source.firstPort &+ UInt16(truncatingIfNeeded: turn % source.portCount)
            }
        case .clientAddress, .client:
            party = Party(
                number: connection.pointee.peerAddress,
                port: source.kind == .client ? connection.pointee.peerPort : 0,
                family: connection.pointee.peerFamily
            )
        }
        // A client of the other family, or without an address, cannot be the source; then it is the kernel's choice.
        guard party.family == (family == AF_INET ? 4 : 6) else { return 0 }
        if source.isForeign {
            let (level, option) =
                family == AF_INET
                ? (CInt(IPPROTO_IP), CInt(CLINUX_IP_TRANSPARENT))
                : (CInt(IPPROTO_IPV6), CInt(CLINUX_IPV6_TRANSPARENT))
            if clinux_set_option(descriptor, level, option, 1) < 0 { return -1 }
        }
        // Without it a port would be taken for all destinations at once.
        let option =
            party.port == 0 ? (CInt(IPPROTO_IP), CInt(CLINUX_IP_BIND_ADDRESS_NO_PORT)) : (SOL_SOCKET, SO_REUSEADDR)
        _ = clinux_set_option(descriptor, option.0, option.1, 1)
        var address = SocketAddress(party)
        return address.withPointer { bind(descriptor, $0, $1) }
    }
}

extension SpecialConnection {
    /// Options of the socket that do not depend on the client.
    fileprivate func prepare(_ descriptor: CInt) {
        if userTimeout > 0 {
            let option = CInt(CLINUX_TCP_USER_TIMEOUT)
            _ = clinux_set_option(descriptor, CInt(IPPROTO_TCP), option, CInt(clamping: userTimeout))
        }
        if let keepAlive {
            _ = clinux_set_option(descriptor, SOL_SOCKET, SO_KEEPALIVE, 1)
            keepAlive.set(on: descriptor)
        }
    }
}
