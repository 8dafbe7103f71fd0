internal import CLinux

/// What all threads know about a server; lives in raw memory, changed by atomic operations only.
struct ServerCells {
    /// 1 if it may be used.
    var isUp: UInt32 = 1
    /// Connections it has now.
    var connections: UInt32 = 0
    /// When a change took the server away, in milliseconds that wrap around; 0 while it is there.
    var goneAt: UInt32 = 0
    /// The part of the configured weight that an agent asks for; 100 without one.
    var weightPercent: UInt32 = 100
    /// The `maxconn` that an agent asks for; `max` without one.
    var agentMaxConnections: UInt32 = .max
    /// Walks the ports of `source`.
    var sourceTurn: UInt32 = 0
}

/// Counters of a backend, shared by all threads.
struct BackendCells {
    /// Walks the schedule of the active servers.
    var turn: UInt32 = 0
    /// Walks the schedule of the backup servers.
    var backupTurn: UInt32 = 0
    var connections: UInt32 = 0
}

/// Counters of a frontend.
struct FrontendCells {
    /// As that of a server.
    var goneAt: UInt32 = 0
    var connections: UInt32 = 0
}

/// Owns cells that outlive a snapshot: every plan that uses them holds a reference.
final class Shared<Cells>: @unchecked Sendable {
    // Memory shared between threads; every access to it is an atomic operation.
    let cells: UnsafeMutablePointer<Cells>

    init(_ initial: Cells) {
        cells = .allocate(capacity: 1)
        cells.initialize(to: initial)
    }

    deinit { cells.deallocate() }
}

/// The cells of one snapshot by identity, to be taken over by the next.
struct SharedTables: Sendable {
    var servers: [ServerKey: Shared<ServerCells>] = [:]
    var backends: [String: Shared<BackendCells>] = [:]
    var frontends: [String: Shared<FrontendCells>] = [:]
    var sticks: [String: SharedStickTable] = [:]
    var serverNames = ServerNames()
}
