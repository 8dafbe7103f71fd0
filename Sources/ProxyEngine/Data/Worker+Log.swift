internal import CLinux
internal import Glibc

/// What the log tells of connections.
extension Worker {
    /// One line of `option tcplog` (HAProxy's manual, 8.2.2):
    /// `%ci:%cp [%t] %ft %b/%s %Tw/%Tc/%Tt %B %ts %ac/%fc/%bc/%sc/%rc %sq/%bq`.
    mutating func report(
        _ connection: UnsafeMutablePointer<Connection>,
        _ ending: Ending,
        wasQueued: Bool
    ) {
        let frontend = connection.pointee.frontend
        let hasFailed = ending != .normal || connection.pointee.redispatched || connection.pointee.attempts > 0
        if frontend.pointee.omitsNormalLogs, !hasFailed { return }
        let level = hasFailed && frontend.pointee.separatesErrors ? LogLevel.error : .informational
        if frontend.pointee.dontLogNull, !clientSentAnything(connection) { return }
        guard let group = log.begin(frontend.pointee.log, level) else { return }
        let reached = connection.pointee.state == .relaying
        reportClient(connection)
        log.line.byte(UInt8(ascii: " "))
        log.line.text(connection.pointee.backend?.pointee.name ?? frontend.pointee.name)
        log.line.byte(UInt8(ascii: "/"))
        if let target = connection.pointee.target {
            log.line.text(target.pointee.name)
        } else {
            log.line.text("<NOSRV>")
        }
        log.line.byte(UInt8(ascii: " "))
        let waiter = connection.pointee.hasWaited ? waiters[connection.pointee.index] : nil
        let waited = Int64(waiter?.pointee.waited ?? 0)
        let hasChosen = connection.pointee.target != nil && ending != .queueFull || waiter != nil
        log.line.number(hasChosen ? waited : -1)
        log.line.byte(UInt8(ascii: "/"))
        let connectTime = Int64(connection.pointee.connectTime)
        log.line.number(connectTime < 0 ? -1 : max(0, connectTime - waited))
        log.line.byte(UInt8(ascii: "/"))
        log.line.number(Int64(now - connection.pointee.acceptedAt))
        log.line.byte(UInt8(ascii: " "))
        log.line.number(Int64(clamping: connection.pointee.down.bytes))
        log.line.byte(UInt8(ascii: " "))
        log.line.byte(ending.cause)
        let phase: Unicode.Scalar =
            ending.isFromOutside ? "-" : reached ? "D" : wasQueued ? "Q" : "C"
        log.line.byte(UInt8(ascii: phase))
        log.line.byte(UInt8(ascii: " "))
        reportCounts(connection)
        log.line.byte(UInt8(ascii: " "))
        log.line.number(Int64(waiter?.pointee.serverPosition ?? 0))
        log.line.byte(UInt8(ascii: "/"))
        log.line.number(Int64(waiter?.pointee.backendPosition ?? 0))
        log.end(group, level)
    }

    /// A line for a connection that begins, where `option tcplog` does not ask for one when it ends.
    mutating func reportBegin(_ connection: UnsafeMutablePointer<Connection>, _ slot: Int?) {
        let frontend = connection.pointee.frontend
        guard let group = log.begin(frontend.pointee.log, .informational) else { return }
        if connection.pointee.peerFamily == 0 {
            // A unix socket: its number stands for the address.
            log.line.text("Connect to unix listener ")
            log.line.number(Int64(connection.pointee.peerPort))
        } else {
            let (destination, family) = destinationAddress(connection, slot)
            log.line.text("Connect from ")
            log.line.address(connection.pointee.peerAddress, family: connection.pointee.peerFamily)
            log.line.byte(UInt8(ascii: ":"))
            log.line.number(Int64(connection.pointee.peerPort))
            log.line.text(" to ")
            log.line.address(destination, family: family)
            log.line.byte(UInt8(ascii: ":"))
            log.line.number(Int64(destinationPort(connection, slot)))
        }
        log.line.text(" (")
        log.line.text(frontend.pointee.name)
        log.line.text("/TCP)")
        log.end(group, .informational)
    }

    /// `%ci:%cp [%t] %ft`
    mutating func reportClient(_ connection: UnsafeMutablePointer<Connection>) {
        if connection.pointee.peerFamily == 0 {
            log.line.text("unix")
        } else {
            log.line.address(connection.pointee.peerAddress, family: connection.pointee.peerFamily)
        }
        log.line.byte(UInt8(ascii: ":"))
        log.line.number(Int64(connection.pointee.peerPort))
        log.line.text(" [")
        log.clock.writeDate(connection.pointee.acceptedWall, to: &log.line)
        log.line.text("] ")
        log.line.text(connection.pointee.frontend.pointee.name)
    }

    private mutating func reportCounts(_ connection: UnsafeMutablePointer<Connection>) {
        log.line.number(Int64(clinux_atomic_load(&shared.pointee.connections)))
        log.line.byte(UInt8(ascii: "/"))
        log.line.number(Int64(clinux_atomic_load(&connection.pointee.frontend.pointee.cells.pointee.connections)))
        log.line.byte(UInt8(ascii: "/"))
        let backend = connection.pointee.backend
        log.line.number(backend.map { Int64(clinux_atomic_load(&$0.pointee.cells.pointee.connections)) - 1 } ?? 0)
        log.line.byte(UInt8(ascii: "/"))
        let own: Int64 = connection.pointee.holdsServer ? 1 : 0
        let server = connection.pointee.target
        log.line.number(server.map { Int64(clinux_atomic_load(&$0.pointee.cells.pointee.connections)) - own } ?? 0)
        log.line.byte(UInt8(ascii: "/"))
        if connection.pointee.redispatched { log.line.byte(UInt8(ascii: "+")) }
        log.line.number(Int64(connection.pointee.attempts))
    }

    /// Before the server is reached nothing is read; what waits in the socket counts as well.
    private func clientSentAnything(_ connection: UnsafeMutablePointer<Connection>) -> Bool {
        if connection.pointee.up.bytes > 0 { return true }
        if connection.pointee.state == .relaying { return false }
        var byte: UInt8 = 0
        let flags = CInt(MSG_PEEK) | CInt(MSG_DONTWAIT)
        return recv(connection.pointee.client, &byte, 1, flags) > 0
    }
}
