internal import ProxyConfig
internal import RuntimeAPI

/// What the running process tells and takes without a new configuration.
extension DataPlane {
    /// Asks the running process.
    func ask<Command: RuntimeCommand>(_ command: Command) throws(APIError) -> Command.Answer {
        let client = try runtimeClient()
        do throws(RuntimeError) {
            return try client.run(command)
        } catch {
            throw APIError(error)
        }
    }

    /// The master socket, else the first `stats socket` of the section `global`.
    ///
    /// - Throws: 503 if there is neither.
    func runtimeClient() throws(APIError) -> RuntimeClient {
        if let path = settings.masterSocket { return RuntimeClient(.masterSocket(path)) }
        let path = try read { state in Self.statsSocket(of: state.workspace.file) }
        guard let path else {
            throw APIError(503, "no runtime socket: haproxy.cfg has no stats socket, and --master-runtime is not given")
        }
        return RuntimeClient(.statsSocket(path))
    }

    /// The path of the first `stats socket` that is a unix socket; one of level admin goes before the others.
    static func statsSocket(of file: ConfigurationFile) -> String? {
        let lines = file.section("global", nil)?.lines.map { $0.words } ?? []
        let sockets = lines.filter { $0.count > 2 && $0[0] == "stats" && $0[1] == "socket" }
        let best = sockets.first { $0.contains("admin") } ?? sockets.first
        guard let place = best?[2] else { return nil }
        if place.hasPrefix("/") { return place }
        return place.hasPrefix("unix@/") ? String(place.dropFirst(5)) : nil
    }
}

extension APIError {
    init(_ error: RuntimeError) {
        switch error {
        case .unreachable: self.init(503, "\(error)")
        case .unsupported: self.init(501, "\(error)")
        case .missing: self.init(404, "missing object: \(error)")
        case .exists: self.init(409, "object already exists: \(error)")
        case .refused: self.init(400, "\(error)")
        }
    }
}

extension ServiceRoute {
    static let runtime: [ServiceRoute] = information + runtimeServers + stickTables + runtimeMaps + runtimeACLs
    static let runtimePath = ["services", "haproxy", "runtime"]

    private static let information =
        of(both, "GET", runtimePath + ["info"]) { plane, call throws(APIError) in try plane.processInformation(call) }
        .giving("process_info", listIn: ["v2"])
        + of(both, "GET", ["services", "haproxy", "stats", "native"]) { plane, call throws(APIError) in
            try plane.nativeStatistics(call)
        }.taking("type", values: NativeStatistics.kinds).taking("name").taking("parent").answering(200, 500)
        .giving("native_stats_collection", listIn: ["v2"])
}
