internal import CLinux

/// Owns the balance of a backend. A snapshot that asks for the same goes on with it, so that nobody's turn is lost.
final class BalanceOwner: @unchecked Sendable {
    // The state belongs to the lock of the backend; the rest never changes.
    let state: UnsafeMutablePointer<BalanceState>
    private let backend: Shared<BackendCells>
    /// In the backend's order.
    let servers: [Shared<ServerCells>]

    init(_ definition: Backend, _ backend: Shared<BackendCells>, _ servers: [Shared<ServerCells>]) {
        self.backend = backend
        self.servers = servers
        // The state, and the servers behind it.
        let size = MemoryLayout<BalanceState>.stride + servers.count * MemoryLayout<BalanceServer>.stride
        let block = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: MemoryLayout<BalanceState>.alignment)
        let table = UnsafeMutableBufferPointer(
            start: (block + MemoryLayout<BalanceState>.stride).bindMemory(
                to: BalanceServer.self,
                capacity: servers.count
            ),
            count: servers.count
        )
        for (index, server) in definition.servers.enumerated() {
            (table.baseAddress.map { $0 + index })?.initialize(
                to: BalanceServer(
                    cells: servers[index].cells,
                    id: Self.id(server, index),
                    isBackup: server.isBackup
                )
            )
        }
        state = block.bindMemory(to: BalanceState.self, capacity: 1)
        state.initialize(
            to: BalanceState(
                definition.balance,
                usesAllBackups: definition.usesAllBackups,
                backend: backend.cells,
                servers: table
            )
        )
    }

    deinit {
        state.pointee.free()
        UnsafeMutableRawPointer(state).deallocate()
    }

    /// Whether this balance serves `definition` as well.
    func fits(_ definition: Backend, _ servers: [Shared<ServerCells>]) -> Bool {
        guard servers.count == self.servers.count, state.pointee.balance == definition.balance,
            state.pointee.usesAllBackups == definition.usesAllBackups
        else { return false }
        for index in servers.indices {
            let former = state.pointee.servers[index]
            let server = definition.servers[index]
            guard servers[index] === self.servers[index], former.id == Self.id(server, index),
                former.isBackup == server.isBackup
            else { return false }
        }
        return true
    }

    /// Makes this the balance of its backend, with the limits and weights of `definition`; calls those who wait and may
    /// go now.
    ///
    /// - Parameter reactions: Of the servers, in order; empty if none has any.
    func activate(_ definition: Backend, _ reactions: [ServerReactions?], second: UInt32) {
        let cells = backend.cells
        clinux_lock(&cells.pointee.lock)
        defer { clinux_unlock(&cells.pointee.lock) }
        cells.pointee.balance = state
        cells.pointee.fullConnections = definition.fullConnections
        for (index, server) in definition.servers.enumerated() {
            let own = servers[index].cells
            own.pointee.limits = server.limits
            own.pointee.applyLimits()
            own.pointee.slowStart = server.slowStart
            own.pointee.configure(isChecked: server.check != nil)
            own.pointee.isFollowing = server.track != nil
            if own.pointee.weight != UInt32(server.weight) { own.pointee.weightOverride = .max }
            if own.pointee.standing.isInMaintenance, own.pointee.weight != UInt32(server.weight) {
                own.pointee.weightInMaintenance = server.weight
            }
            own.pointee.weight = UInt32(server.weight)
            servers[index].reactions = index < reactions.count ? reactions[index] : nil
        }
        cells.pointee.changes &+= 1
        Placement.serveAll(cells, second: second)
        cells.look(second: second)
    }

    /// The backend is gone; connections that it still has go on.
    static func retire(_ backend: Shared<BackendCells>) {
        clinux_lock(&backend.cells.pointee.lock)
        backend.cells.pointee.balance = nil
        clinux_atomic_exchange_pointer(&backend.cells.pointee.entry, nil)
        clinux_unlock(&backend.cells.pointee.lock)
    }

    private static func id(_ server: Server, _ index: Int) -> UInt32 {
        server.id != 0 ? server.id : UInt32(truncatingIfNeeded: index + 1)
    }
}
