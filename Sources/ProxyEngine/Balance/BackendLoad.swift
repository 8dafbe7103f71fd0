internal import CLinux

/// How much a backend's servers may take at this moment.
struct BackendLoad {
    let backend: UnsafeMutablePointer<BackendCells>
    /// Seconds of the monotonic clock.
    let second: UInt32

    /// Connections that a server takes now: its `maxconn`, less while the backend is idle (`minconn`, `fullconn`) and
    /// while the server has just come up (`slowstart`). Meaningless for a server without a limit.
    func limit(_ server: UnsafeMutablePointer<ServerCells>) -> UInt32 {
        let most = server.pointee.maxConnections
        let least = server.pointee.minConnections
        let full = backend.pointee.fullConnections
        let count = clinux_atomic_load(&backend.pointee.connections)
        var limit = most
        if count < full, least != most {
            limit = max(least, UInt32(truncatingIfNeeded: UInt64(count) * UInt64(most) / UInt64(full)))
        }
        if let ratio = startingPercent(server) {
            limit = max(1, UInt32(truncatingIfNeeded: UInt64(limit) * UInt64(ratio) / 100))
        }
        return limit
    }

    /// Whether a server takes one more at once. Not while others wait for it.
    func hasRoom(_ server: UnsafeMutablePointer<ServerCells>) -> Bool {
        if server.pointee.maxConnections == 0 { return true }
        return server.pointee.queue.length == 0 && clinux_atomic_load(&server.pointee.connections) < limit(server)
    }

    /// How far its slow start is; nil when it has none or it is over.
    private func startingPercent(_ server: UnsafeMutablePointer<ServerCells>) -> UInt32? {
        let start = server.pointee.startedAt
        guard start != 0, second >= start, second - start < server.pointee.slowStart else { return nil }
        return UInt32(truncatingIfNeeded: 100 * UInt64(second - start) / UInt64(server.pointee.slowStart))
    }
}
