internal import CLinux

/// What decides about a server from outside the data path: health checks, agents and name resolution. The one place that
/// writes the cells that balancing reads.
struct ServerControl {
    let cells: Shared<ServerCells>

    init(_ cells: Shared<ServerCells>) { self.cells = cells }

    /// New connections may use the server.
    func markUp() { clinux_atomic_store(&cells.cells.pointee.isUp, 1) }

    /// No new connection uses it; those that exist go on unless `on-marked-down` says otherwise.
    func markDown() { clinux_atomic_store(&cells.cells.pointee.isUp, 0) }

    var isUp: Bool { clinux_atomic_load(&cells.cells.pointee.isUp) != 0 }

    /// An agent's `75%`: that part of the configured weight. 0 takes no new connections.
    func setWeight(percent: UInt32) { clinux_atomic_store(&cells.cells.pointee.weightPercent, percent) }

    /// An agent's `maxconn:30`, in place of the configured one; nil takes it back.
    func setMaxConnections(_ limit: UInt32?) {
        clinux_atomic_store(&cells.cells.pointee.agentMaxConnections, limit ?? .max)
    }
}
