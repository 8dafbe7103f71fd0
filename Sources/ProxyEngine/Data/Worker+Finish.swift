internal import CLinux
internal import Glibc

/// Why a connection ended; prints as the two characters of HAProxy's termination state.
enum Ending {
    case normal
    case clientFailed
    /// Ended while it waited for a server, where `option abortonclose` lets go of such.
    case clientLeft
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
    /// A rule said so.
    case denied
    /// `silent-drop`
    case dropped
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
        case .clientFailed, .clientLeft: UInt8(ascii: "C")
        case .serverFailed, .connectFailed, .noServer, .queueFull: UInt8(ascii: "S")
        case .clientTimeout: UInt8(ascii: "c")
        case .serverTimeout, .connectTimeout, .queueTimeout: UInt8(ascii: "s")
        case .serverDown: UInt8(ascii: "D")
        case .serverUp: UInt8(ascii: "U")
        case .denied, .dropped: UInt8(ascii: "P")
        case .resources: UInt8(ascii: "R")
        case .killed: UInt8(ascii: "K")
        }
    }
}

extension Worker {
    /// Logs and closes; the slot is free afterwards.
    mutating func finish(_ connection: UnsafeMutablePointer<Connection>, _ last: Ending) {
        // What went wrong first is what is told.
        let ending = connection.pointee.late ?? last
        let frontend = connection.pointee.frontend
        wheel.remove(connection, from: slab)
        let wasQueued = connection.pointee.state == .queued || ending == .queueTimeout || ending == .queueFull
        if connection.pointee.state == .queued { leaveQueue(connection) }
        if ending != .normal { swallow(connection) }
        if connection.pointee.state != .readingHeader, connection.pointee.state != .refused {
            report(LoggedMoment(connection, ending, wasQueued: wasQueued))
        }
        countEnd(connection, ending)
        if ending != .normal { resetWhereAsked(connection) }
        if last == .clientFailed, connection.pointee.server >= 0 {
            // The server hears that nobody takes its answer, instead of an end in order.
            _ = clinux_set_reset_on_close(connection.pointee.server, 1)
        }
        leaveServer(connection)
        _ = clinux_close(connection.pointee.client)
        if let rare = connection.pointee.rare {
            untrack(connection, rare)
            rares.give(rare)
        }
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
            // As with HAProxy one that has not ended itself hears an end first, and gets what it takes at once.
            if !connection.pointee.up.ended || connection.pointee.late == .clientTimeout {
                _ = clinux_shutdown(connection.pointee.client, CInt(SHUT_WR))
            }
            _ = clinux_set_reset_on_close(connection.pointee.client, 1)
        }
        if resetsServer(connection), connection.pointee.server >= 0 {
            _ = clinux_set_reset_on_close(connection.pointee.server, 1)
        }
    }

    /// `option nolinger` of the backend.
    func resetsServer(_ connection: UnsafeMutablePointer<Connection>) -> Bool {
        connection.pointee.target?.pointee.special?.pointee.resetsOnClose ?? false
    }

    mutating func release(_ way: inout Direction) {
        if let block = way.rest { blocks.give(block) }
        way.rest = nil
        if way.pipe >= 0 { pipes.give(way.pipe, clean: way.inPipe == 0) }
        way.pipe = -1
    }

    mutating func closeAll() {
        for index in 0..<slab.touched {
            let connection = slab[UInt32(index)]
            if connection.pointee.state != .free { finish(connection, .killed) }
        }
    }
}
