internal import Glibc
internal import ProxyEngine
internal import RuntimeAPI
internal import Syscalls

/// The process that runtime commands are about: a master with its worker, or one that serves itself.
protocol RuntimeHost: AnyObject {
    /// What is configured, as values.
    func snapshot() throws(SystemError) -> ProxySnapshot
    /// The answer's bytes of whoever serves.
    func ask(_ question: EngineQuestion) throws(SystemError) -> [UInt8]
    /// Those that are configured.
    var stickTables: [StickTable] { get }
    /// Who that is.
    var serving: ServingProcess { get }
    /// One line per bind, rule, backend or server that does not serve.
    var quarantineLines: [String] { get }
}

/// Who serves.
struct ServingProcess {
    var id: Int32
    /// Milliseconds of the monotonic clock, and microseconds since 1970.
    var startedAt: UInt64
    var startedWall: UInt64
    var now: UInt64
    var settings: EngineSettings

    init(id: Int32, startedAt: UInt64, settings: EngineSettings) {
        self.id = id
        self.startedAt = startedAt
        self.settings = settings
        now = Clocks.monotonic()
        startedWall = Clocks.microseconds() - (now - startedAt) * 1000
    }

    var seconds: UInt64 { (now - startedAt) / 1000 }
}

extension RuntimeHost {
    func report() throws(SystemError) -> EngineReport {
        let bytes = try ask(.report)
        return try Self.read { () throws(MalformedSnapshot) in try EngineReport(encoded: bytes) }
    }

    func processReport() throws(SystemError) -> ProcessReport {
        let bytes = try ask(.process)
        return try Self.read { () throws(MalformedSnapshot) in try ProcessReport(encoded: bytes) }
    }

    /// Brings an order into effect.
    ///
    /// - Returns: Why it cannot be, in HAProxy's words; empty if it is done.
    func perform(_ order: ServerOrder) throws(SystemError) -> String {
        if try ask(.order(order)) == [1] { return "" }
        let isKnown = try snapshot().backends.contains { $0.name == order.backend }
        return isKnown ? "No such server.\n" : "No such backend.\n"
    }

    /// Words about a server, or why there are none.
    func find(_ path: ServerPath, _ words: (ProxyEngine.Server, ServerReport) -> String) throws(SystemError) -> String {
        guard let backend = try snapshot().backends.first(where: { $0.name == path.backend }) else {
            return "No such backend.\n"
        }
        let report = try report().backends.first { $0.proxy.name == path.backend }
        guard let index = backend.servers.firstIndex(where: { $0.name == path.server }), let report,
            index < report.servers.count
        else { return "No such server.\n" }
        return words(backend.servers[index], report.servers[index])
    }

    private static func read<Value>(_ body: () throws(MalformedSnapshot) -> Value) throws(SystemError) -> Value {
        do throws(MalformedSnapshot) {
            return try body()
        } catch {
            throw SystemError(code: EPROTO, operation: "read a report")
        }
    }
}
