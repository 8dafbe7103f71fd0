import Addresses
import Glibc
import ProxyEngine
import Syscalls
import TestSupport

/// An engine with its listeners on loopback addresses, each on a port that the kernel chooses.
final class EngineFixture {
    let engine: Engine
    private(set) var snapshot: ProxySnapshot
    private var book = ListenerBook()
    private var encoded: EncodedSnapshot?

    init(_ snapshot: ProxySnapshot) throws {
        self.snapshot = snapshot
        engine = try Engine(snapshot.settings)
        try change(to: snapshot)
    }

    deinit { engine.stop() }

    func change(to next: ProxySnapshot) throws {
        let fresh = book.open(next, now: 0)
        // As the worker gets it: what differs.
        let changed = EncodedSnapshot(next, sharing: encoded)
        let edit = try SnapshotEdit(encoded: changed.edit(after: encoded))
        try engine.apply(edit, opened: try fresh.mapValues { socket in try Self.copy(socket) })
        encoded = changed
        book.keep(fresh)
        book.forgetOthers(than: next)
        snapshot = next
    }

    /// Closed in programs that other tests start: a copy there would go on listening.
    private static func copy(_ socket: CInt) throws -> CInt {
        try syscall("copy a descriptor") { fcntl(socket, F_DUPFD_CLOEXEC, 0) }
    }

    /// The port of the listener on 127.0.0.`host`.
    func port(host: UInt8 = 1) -> UInt16 {
        book.sockets[.loopback(host: host)].map { TestSocket.localPort($0) } ?? 0
    }

    /// Says something to the listener and gives all that comes back.
    func ask(host: UInt8 = 1) throws -> String {
        let socket = try TestSocket.connect(port: port(host: host), host: host)
        try socket.send("?")
        do {
            return try socket.receiveAll()
        } catch  where error.code == ECONNRESET {
            return "reset"
        }
    }
}

extension ListenAddress {
    static func loopback(host: UInt8 = 1) -> ListenAddress {
        ListenAddress(Endpoint(IPAddress(v4: 0x7f00_0000 | UInt32(host)), port: 0))
    }
}

extension ProxySnapshot {
    /// One frontend on 127.0.0.1 and one backend, with time-outs that no test waits for.
    static func single(_ servers: [Server], retries: UInt8 = 3) -> ProxySnapshot {
        ProxySnapshot(
            settings: EngineSettings(threads: 1, maxConnections: 1000),
            frontends: [
                Frontend(
                    name: "fe",
                    listeners: [Listener(name: "one", address: .loopback())],
                    defaultBackend: "be",
                    clientTimeout: 60000
                )
            ],
            backends: [
                Backend(name: "be", servers: servers, connectTimeout: 60000, serverTimeout: 60000, retries: retries)
            ]
        )
    }
}

extension Server {
    init(_ name: String, port: UInt16, weight: UInt16 = 1, check: CheckSettings? = nil) {
        self.init(name: name, endpoint: .loopback(port), weight: weight, check: check)
    }
}

extension Endpoint {
    static func loopback(_ port: UInt16) -> Endpoint { Endpoint(IPAddress(v4: 0x7f00_0001), port: port) }
}
