internal import Glibc
internal import ProxyConfig
internal import ProxyEngine
internal import RuntimeAPI
internal import Syscalls

/// The process that runtime commands are about: a master with its worker, or one that serves itself.
protocol RuntimeHost: AnyObject {
    /// What is configured. Of thousands of services the values are made of what is needed only.
    var kept: EncodedSnapshot { get }
    /// The answer's bytes of whoever serves.
    func ask(_ question: EngineQuestion) throws(SystemError) -> [UInt8]
    /// What commands have changed of the configuration.
    var changes: RuntimeChanges { get }
    func change(_ next: RuntimeChanges) throws(SystemError)
    var options: CommandLineOptions { get }
    var global: Global { get }
    /// `show cli sockets`
    var socketLines: [String] { get }
    /// Those that are configured.
    var stickTables: [ProxyEngine.StickTable] { get }
    /// Who that is.
    var serving: ServingProcess { get }
    /// What was warned of when the configuration was read.
    var startupLines: [String] { get }
    /// Those that are configured.
    var resolvers: [Resolvers] { get }
    /// Of servers that have one.
    var resolutions: [ServerReference: ServerResolution] { get }
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
    /// As configured: no command can raise it beyond that.
    var hardMaxConnections: Int

    init(id: Int32, startedAt: UInt64, settings: EngineSettings, hardMaxConnections: Int) {
        self.id = id
        self.startedAt = startedAt
        self.settings = settings
        self.hardMaxConnections = hardMaxConnections
        now = Clocks.monotonic()
        startedWall = Clocks.microseconds() - (now - startedAt) * 1000
    }

    var seconds: UInt64 { (now - startedAt) / 1000 }
}

extension RuntimeHost {
    func hasFrontend(_ name: String) -> Bool { kept.frontends.contains { $0.isNamed(name) } }

    func hasBackend(_ name: String) -> Bool { kept.backends.contains { $0.isNamed(name) } }

    /// The name of a frontend that is given by it or by its number (`#3`); nil if there is none.
    func frontendName(_ text: String) -> String? {
        if hasFrontend(text) { return text }
        guard text.hasPrefix("#") else { return nil }
        let number = CNumber.int(text.dropFirst())
        let index = kept.sections.first { $0.number == number && $0.frontend != nil }?.frontend
        return index.map { String(decoding: kept.frontends[$0].name, as: UTF8.self) }
    }

    /// The same of a backend.
    func backendName(_ text: String) -> String? {
        if hasBackend(text) { return text }
        guard text.hasPrefix("#") else { return nil }
        let number = CNumber.int(text.dropFirst())
        let index = kept.sections.first { $0.number == number && $0.backend != nil }?.backend
        return index.map { String(decoding: kept.backends[$0].name, as: UTF8.self) }
    }

    /// nil if there is none of the name.
    func backend(_ name: String) throws(SystemError) -> ProxyEngine.Backend? {
        guard let piece = kept.backends.first(where: { $0.isNamed(name) }) else { return nil }
        return try Self.read { () throws(MalformedSnapshot) in try piece.backend() }
    }

    /// Those of the names that there are.
    func backends(named names: Set<String>) throws(SystemError) -> [String: ProxyEngine.Backend] {
        try Self.read { () throws(MalformedSnapshot) in
            var result: [String: ProxyEngine.Backend] = [:]
            for piece in kept.backends where names.contains(String(decoding: piece.name, as: UTF8.self)) {
                let backend = try piece.backend()
                result[backend.name] = backend
            }
            return result
        }
    }

    func snapshot() throws(SystemError) -> ProxySnapshot {
        try Self.read { () throws(MalformedSnapshot) in try kept.decoded() }
    }

    /// - Parameter backend: nil for all.
    func report(backend: String? = nil) throws(SystemError) -> EngineReport {
        let bytes = try ask(.report(backend: backend))
        return try Self.read { () throws(MalformedSnapshot) in try EngineReport(encoded: bytes) }
    }

    /// Sessions by age; or the one of a number.
    func sessions(only id: UInt64? = nil) throws(SystemError) -> [SessionReport] {
        let bytes = try ask(.sessions(only: id))
        return try Self.read { () throws(MalformedSnapshot) in try SessionReport.decoded(bytes) }
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
        if !hasBackend(order.backend) { return "No such backend.\n" }
        return try backend(order.backend)?.problem(of: order.server) ?? ProxyEngine.Backend.noServer
    }

    /// Words about a server that is configured, or why there are none.
    func configured(
        _ path: ServerPath,
        _ words: (ProxyEngine.Backend, ProxyEngine.Server) throws(SystemError) -> String
    ) throws(SystemError) -> String {
        guard let backend = try backend(path.backend) else { return "No such backend.\n" }
        guard let server = backend.servers.first(where: { $0.name == path.server }) else {
            return backend.problem(of: path.server)
        }
        return try words(backend, server)
    }

    /// The same with how it is now.
    func find(_ path: ServerPath, _ words: (ProxyEngine.Server, ServerReport) -> String) throws(SystemError) -> String {
        try configured(path) { backend, server throws(SystemError) in
            let report = try report(backend: path.backend).backends.first
            guard let index = backend.servers.firstIndex(where: { $0.name == path.server }), let report,
                index < report.servers.count
            else { return ProxyEngine.Backend.noServer }
            return words(server, report.servers[index])
        }
    }

    /// What its check or its agent finds counts: no command has turned it off (`disable health`, `disable agent`).
    func isOn(_ check: KeyPath<ServerReport, CheckReport>, _ path: ServerPath) throws(SystemError) -> Bool {
        var isOff = false
        _ = try find(path) { _, report in
            isOff = report[keyPath: check].isOff
            return ""
        }
        return !isOff
    }

    private static func read<Value>(_ body: () throws(MalformedSnapshot) -> Value) throws(SystemError) -> Value {
        do throws(MalformedSnapshot) {
            return try body()
        } catch {
            throw SystemError(code: EPROTO, operation: "read a report")
        }
    }
}

extension ProxyEngine.Backend {
    static let noServer = "No such server.\n"

    /// Why nothing can be done about a server that is not one of those that serve.
    fileprivate func problem(of server: String) -> String {
        resting.contains { $0.name == server } ? "Proxy is disabled.\n" : Self.noServer
    }
}
