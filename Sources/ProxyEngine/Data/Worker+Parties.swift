internal import CLinux
internal import Glibc

/// State of a connection that few have, beside the slab: a ``Connection`` stays small for the others.
struct RareState {
    /// Where the client wanted to go, as an accepted PROXY header says; family 0: unknown or a unix socket.
    var destination = Party()
    /// ``destination`` stands in place of the kernel's.
    var hasDestination = false
    /// The listener's `bind` line; nil where it was not kept.
    var listener: ListenerEntry?
    /// Milliseconds from accept to the end of the header.
    var handshake: UInt32 = 0
    /// SO_RCVLOWAT was raised.
    var waitsForWhole = false
    /// What it is counted for.
    var tracked = TrackedEntries()
    /// Why the header that came is none.
    var refusal: ProxyHeaderRefusal?
    /// A PROXY header came.
    var hasHeader = false
    /// How far rules have come.
    var progress = RuleProgress()
    /// How much earlier than ``Connection/lastActivity`` the client was active, in milliseconds: what a server says to rules, and what
    /// they let go, gives a client no time.
    var clientLag: UInt32 = 0
    /// Who the client was, and where it wanted to go, before rules said something else.
    var formerSource: Party?
    var formerDestination: Party?
    /// `set-log-level`: one more than the level; 0: as ever, 255: nothing is logged.
    var logLevel: UInt8 = 0
    var variables = SampleVariables()
    var priority = QueuePriority()
    /// What rules have kept for the log, by slot.
    var captures = SampleVariables()
    /// Keys for which its server is stored once it is reached, by rule.
    var stickKeys = SampleVariables()

    init(listener: ListenerEntry? = nil) { self.listener = listener }
}

/// Room for ``RareState``, kept for reuse.
struct RarePool: ~Copyable {
    private var idle: [UnsafeMutablePointer<RareState>] = []

    deinit { for state in idle { state.deallocate() } }

    mutating func take(_ state: RareState) -> UnsafeMutablePointer<RareState> {
        let room = idle.popLast() ?? .allocate(capacity: 1)
        room.initialize(to: state)
        return room
    }

    mutating func give(_ state: UnsafeMutablePointer<RareState>) {
        state.pointee.variables.removeAll()
        state.pointee.captures.removeAll()
        state.pointee.stickKeys.removeAll()
        idle.append(state)
    }
}

extension Worker {
    static func number(_ peer: clinux_peer) -> UInt128 {
        withUnsafeBytes(of: peer.address) { bytes in
            if peer.family == 4 { return UInt128(UInt32(bigEndian: bytes.loadUnaligned(as: UInt32.self))) }
            return UInt128(bigEndian: bytes.loadUnaligned(as: UInt128.self))
        }
    }

    /// What a socket is bound to; family 0 for a unix socket.
    static func party(of descriptor: CInt) -> Party {
        var name = clinux_peer()
        guard clinux_local_address(descriptor, &name) == 0, name.family != 0 else { return Party() }
        return Party(number: number(name), port: name.port, family: name.family)
    }

    /// Whom a socket is connected to; family 0 for a unix socket.
    static func remoteParty(of descriptor: CInt) -> Party {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutablePointer(to: &storage) { pointer in
            let code = pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                getpeername(descriptor, $0, &length)
            }
            if code < 0 { return Party() }
            switch CInt(pointer.pointee.ss_family) {
            case AF_INET:
                return pointer.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                    Party(
                        number: UInt128(UInt32(bigEndian: $0.pointee.sin_addr.s_addr)),
                        port: UInt16(bigEndian: $0.pointee.sin_port),
                        family: 4
                    )
                }
            case AF_INET6:
                return pointer.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { name in
                    withUnsafeBytes(of: name.pointee.sin6_addr) {
                        Party(
                            number: UInt128(bigEndian: $0.loadUnaligned(as: UInt128.self)),
                            port: UInt16(bigEndian: name.pointee.sin6_port),
                            family: 6
                        )
                    }
                }
            default: return Party()
            }
        }
    }

    /// Where the client wanted to go: what an accepted header says, else what the kernel says.
    func destination(_ connection: UnsafeMutablePointer<Connection>) -> Party {
        if let rare = connection.pointee.rare, rare.pointee.hasDestination { return rare.pointee.destination }
        return Self.party(of: connection.pointee.client)
    }

    @inline(__always)
    private func hasOwnDestination(_ connection: UnsafeMutablePointer<Connection>) -> Bool {
        connection.pointee.rare.map { $0.pointee.hasDestination } ?? false
    }

    /// The kernel is asked only where the listener's address is a wildcard.
    func destinationAddress(_ connection: UnsafeMutablePointer<Connection>, _ slot: Int?) -> (UInt128, UInt8) {
        if !hasOwnDestination(connection), let slot, let entry = listeners[slot].entry, entry.pointee.address != 0 {
            return (entry.pointee.address, entry.pointee.family)
        }
        let party = destination(connection)
        return (party.number, party.family)
    }

    func destinationPort(_ connection: UnsafeMutablePointer<Connection>, _ slot: Int?) -> UInt16 {
        if !hasOwnDestination(connection), let slot, let entry = listeners[slot].entry, !entry.pointee.asksPort {
            return listeners[slot].port
        }
        return destination(connection).port
    }

    /// `option abortonclose`: a client that has ended waits for nothing.
    func hasAborted(_ connection: UnsafeMutablePointer<Connection>) -> Bool {
        guard let backend = connection.pointee.backend, backend.pointee.abortsOnClose else { return false }
        return connection.pointee.clientReady.contains(.hangUp)
    }
}
