internal import CLinux

// What HAProxy counts of a connection: when it comes, when it is given to a server, and when it ends. Nothing is counted
// while bytes move.
extension Worker {
    @inline(__always)
    func count(_ frontend: UnsafeMutablePointer<FrontendCells>) {
        frontend.traffic.begin(clinux_atomic_load(&frontend.pointee.connections), second: second)
    }

    /// One more connection of the backend, which is counted in here.
    @inline(__always)
    func count(_ backend: UnsafeMutablePointer<BackendCells>) {
        let now = clinux_atomic_add(&backend.pointee.connections, 1) &+ 1
        backend.traffic.begin(now, second: second)
    }

    @inline(__always)
    func count(_ server: UnsafeMutablePointer<ServerCells>) {
        server.traffic.begin(clinux_atomic_load(&server.pointee.connections), second: second)
    }

    @inline(__always)
    func countChoice(_ connection: UnsafeMutablePointer<Connection>, _ server: UnsafePointer<ServerEntry>) {
        _ = clinux_atomic_add(&server.pointee.cells.traffic.pointee.chosen, 1)
        if let backend = connection.pointee.backend {
            _ = clinux_atomic_add(&backend.pointee.cells.traffic.pointee.chosen, 1)
        }
    }

    func countRetry(_ backend: UnsafePointer<BackendEntry>, _ server: UnsafePointer<ServerEntry>) {
        _ = clinux_atomic_add(&backend.pointee.cells.traffic.pointee.retries, 1)
        _ = clinux_atomic_add(&server.pointee.cells.traffic.pointee.retries, 1)
    }

    func countRedispatch(_ connection: UnsafeMutablePointer<Connection>, from server: UnsafePointer<ServerEntry>) {
        connection.pointee.redispatched = true
        _ = clinux_atomic_add(&server.pointee.cells.traffic.pointee.redispatches, 1)
        if let backend = connection.pointee.backend {
            _ = clinux_atomic_add(&backend.pointee.cells.traffic.pointee.redispatches, 1)
        }
    }

    @inline(__always)
    func countEnd(_ connection: UnsafeMutablePointer<Connection>, _ ending: Ending) {
        let (bytesIn, bytesOut) = (connection.pointee.up.bytes, connection.pointee.down.bytes)
        let frontend = connection.pointee.frontend.pointee.cells.traffic
        frontend.end(bytesIn, bytesOut)
        let backend = connection.pointee.backend.map { $0.pointee.cells.traffic }
        backend?.end(bytesIn, bytesOut)
        let server = connection.pointee.target.map { $0.pointee.cells.traffic }
        server?.end(bytesIn, bytesOut)
        if ending == .normal { return }
        frontend.count(ending)
        backend?.count(ending)
        server?.count(ending)
    }
}

extension UnsafeMutablePointer<TrafficCells> {
    /// How a connection ended that did not end well.
    func count(_ ending: Ending) {
        switch ending {
        case .normal, .killed, .serverDown, .serverUp, .resources: break
        case .clientFailed, .clientTimeout: _ = clinux_atomic_add(&pointee.clientAborts, 1)
        case .serverFailed, .serverTimeout:
            _ = clinux_atomic_add(&pointee.serverAborts, 1)
            _ = clinux_atomic_add(&pointee.responseErrors, 1)
        case .connectFailed, .connectTimeout, .noServer, .queueTimeout, .queueFull:
            _ = clinux_atomic_add(&pointee.connectErrors, 1)
        }
    }
}
