internal import CLinux
internal import Glibc

/// Why a connection ended; prints as the two characters of HAProxy's termination state.
enum Ending {
    case normal
    case clientFailed
    case serverFailed
    case clientTimeout
    case serverTimeout
    case connectFailed
    case connectTimeout
    /// No server is up, or no backend chosen.
    case noServer
    /// Waited for a place for as long as it may, or as many as may do so already.
    case queueTimeout
    case queueFull
    /// Ended because its server went down, or a server came up for which it was a backup.
    case serverDown
    case serverUp
    /// Out of descriptors or memory.
    case resources
    /// Stopped by us.
    case killed

    /// Nothing that happened to the connection itself: HAProxy names no phase then.
    var isFromOutside: Bool {
        switch self {
        case .normal, .serverDown, .serverUp, .killed: true
        default: false
        }
    }

    var cause: UInt8 {
        switch self {
        case .normal: UInt8(ascii: "-")
        case .clientFailed: UInt8(ascii: "C")
        case .serverFailed, .connectFailed, .noServer, .queueFull: UInt8(ascii: "S")
        case .clientTimeout: UInt8(ascii: "c")
        case .serverTimeout, .connectTimeout, .queueTimeout: UInt8(ascii: "s")
        case .serverDown: UInt8(ascii: "D")
        case .serverUp: UInt8(ascii: "U")
        case .resources: UInt8(ascii: "R")
        case .killed: UInt8(ascii: "K")
        }
    }
}

extension Worker {
    /// Logs and closes; the slot is free afterwards.
    mutating func finish(_ connection: UnsafeMutablePointer<Connection>, _ ending: Ending) {
        let frontend = connection.pointee.frontend
        wheel.remove(connection, from: slab)
        let wasQueued = connection.pointee.state == .queued || ending == .queueTimeout || ending == .queueFull
        if connection.pointee.state == .queued { leaveQueue(connection) }
        if frontend.pointee.tcpLog, connection.pointee.state != .readingHeader {
            report(connection, ending, wasQueued: wasQueued)
        }
        countEnd(connection, ending)
        if ending != .normal { resetWhereAsked(connection) }
        leaveServer(connection)
        _ = clinux_close(connection.pointee.client)
        if let rare = connection.pointee.rare { rares.give(rare) }
        release(&connection.pointee.up)
        release(&connection.pointee.down)
        if let backend = connection.pointee.backend {
            _ = clinux_atomic_subtract(&backend.pointee.cells.pointee.connections, 1)
        }
        leaveDoor(frontend, connection.pointee.listener)
        let lease = connection.pointee.lease
        slab.give(connection.pointee.index)
        lease.pointee.connections -= 1
        if lease.pointee.connections == 0, !lease.pointee.isCurrent {
            lease.pointee.plan.release()
            lease.deallocate()
        }
    }

    /// `option nolinger`: what is not sent yet is thrown away, and nothing of the connection stays in the kernel. Not
    /// for an orderly end, whose last bytes may still be under way.
    private func resetWhereAsked(_ connection: UnsafeMutablePointer<Connection>) {
        if connection.pointee.frontend.pointee.resetsOnClose {
            _ = clinux_set_reset_on_close(connection.pointee.client, 1)
        }
        if let special = connection.pointee.target?.pointee.special, special.pointee.resetsOnClose,
            connection.pointee.server >= 0
        {
            _ = clinux_set_reset_on_close(connection.pointee.server, 1)
        }
    }

    mutating func release(_ way: inout Direction) {
        if let block = way.rest { blocks.give(block) }
        way.rest = nil
        if way.pipe >= 0 { pipes.give(way.pipe, clean: way.inPipe == 0) }
        way.pipe = -1
    }

    /// One line of `option tcplog` (HAProxy's manual, 8.2.2):
    /// `%ci:%cp [%t] %ft %b/%s %Tw/%Tc/%Tt %B %ts %ac/%fc/%bc/%sc/%rc %sq/%bq`.
    private mutating func report(
        _ connection: UnsafeMutablePointer<Connection>,
        _ ending: Ending,
        wasQueued: Bool
    ) {
        let frontend = connection.pointee.frontend
        if frontend.pointee.dontLogNull, !clientSentAnything(connection) { return }
        guard log.begin() else { return }
        let reached = connection.pointee.state == .relaying
        reportClient(connection)
        log.byte(UInt8(ascii: " "))
        log.text(connection.pointee.backend?.pointee.name ?? frontend.pointee.name)
        log.byte(UInt8(ascii: "/"))
        if let target = connection.pointee.target { log.text(target.pointee.name) } else { log.text("<NOSRV>") }
        log.byte(UInt8(ascii: " "))
        let waiter = connection.pointee.hasWaited ? waiters[connection.pointee.index] : nil
        let waited = Int64(waiter?.pointee.waited ?? 0)
        let hasChosen = connection.pointee.target != nil && ending != .queueFull || waiter != nil
        log.number(hasChosen ? waited : -1)
        log.byte(UInt8(ascii: "/"))
        let connectTime = Int64(connection.pointee.connectTime)
        log.number(connectTime < 0 ? -1 : max(0, connectTime - waited))
        log.byte(UInt8(ascii: "/"))
        log.number(Int64(now - connection.pointee.acceptedAt))
        log.byte(UInt8(ascii: " "))
        log.number(Int64(clamping: connection.pointee.down.bytes))
        log.byte(UInt8(ascii: " "))
        log.byte(ending.cause)
        let phase: Unicode.Scalar =
            ending.isFromOutside ? "-" : reached ? "D" : wasQueued ? "Q" : "C"
        log.byte(UInt8(ascii: phase))
        log.byte(UInt8(ascii: " "))
        reportCounts(connection)
        log.byte(UInt8(ascii: " "))
        log.number(Int64(waiter?.pointee.serverPosition ?? 0))
        log.byte(UInt8(ascii: "/"))
        log.number(Int64(waiter?.pointee.backendPosition ?? 0))
        log.byte(UInt8(ascii: "\n"))
    }

    /// `%ci:%cp [%t] %ft`
    mutating func reportClient(_ connection: UnsafeMutablePointer<Connection>) {
        if connection.pointee.peerFamily == 0 {
            log.text("unix")
        } else {
            log.address(connection.pointee.peerAddress, family: connection.pointee.peerFamily)
        }
        log.byte(UInt8(ascii: ":"))
        log.number(Int64(connection.pointee.peerPort))
        log.text(" [")
        log.time(connection.pointee.acceptedWall)
        log.text("] ")
        log.text(connection.pointee.frontend.pointee.name)
    }

    private mutating func reportCounts(_ connection: UnsafeMutablePointer<Connection>) {
        log.number(Int64(clinux_atomic_load(&shared.pointee.connections)))
        log.byte(UInt8(ascii: "/"))
        log.number(Int64(clinux_atomic_load(&connection.pointee.frontend.pointee.cells.pointee.connections)))
        log.byte(UInt8(ascii: "/"))
        let backend = connection.pointee.backend
        log.number(backend.map { Int64(clinux_atomic_load(&$0.pointee.cells.pointee.connections)) - 1 } ?? 0)
        log.byte(UInt8(ascii: "/"))
        let own: Int64 = connection.pointee.holdsServer ? 1 : 0
        let server = connection.pointee.target
        log.number(server.map { Int64(clinux_atomic_load(&$0.pointee.cells.pointee.connections)) - own } ?? 0)
        log.byte(UInt8(ascii: "/"))
        if connection.pointee.redispatched { log.byte(UInt8(ascii: "+")) }
        log.number(Int64(connection.pointee.attempts))
    }

    /// Before the server is reached nothing is read; what waits in the socket counts as well.
    private func clientSentAnything(_ connection: UnsafeMutablePointer<Connection>) -> Bool {
        if connection.pointee.up.bytes > 0 { return true }
        if connection.pointee.state == .relaying { return false }
        var byte: UInt8 = 0
        let flags = CInt(MSG_PEEK) | CInt(MSG_DONTWAIT)
        return recv(connection.pointee.client, &byte, 1, flags) > 0
    }

    mutating func closeAll() {
        for index in 0..<slab.touched {
            let connection = slab[UInt32(index)]
            if connection.pointee.state != .free { finish(connection, .killed) }
        }
    }
}
