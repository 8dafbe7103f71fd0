internal import Addresses
internal import ProxyEngine
internal import Syscalls

/// `show servers state`, `show servers conn`, `show backend`
enum ServerStateCommands {
    static let all = [
        RuntimeKeyword(
            "show servers state",
            "show servers state [<backend>]",
            "dump volatile server information (all or for a single backend)",
            states
        ),
        RuntimeKeyword(
            "show servers conn",
            "show servers conn [<backend>]",
            "dump server connections status (all or for a single backend)",
            connections
        ),
        RuntimeKeyword("show backend", "show backend", "list backends in the current running config") {
            call throws(SystemError) in
            "# name\n" + (try call.host.snapshot()).backends.map { $0.name + "\n" }.joined()
        },
    ]

    private static func states(_ call: RuntimeCall) throws(SystemError) -> String {
        let snapshot = try call.host.snapshot()
        let backend = call[0].isEmpty ? nil : call[0]
        if let backend, !snapshot.backends.contains(where: { $0.name == backend }) { return "Can't find backend.\n" }
        return ServersState(snapshot, try call.host.report(), of: backend).text
    }

    /// No connection outlives its client: none is idle, and none is kept for others.
    private static func connections(_ call: RuntimeCall) throws(SystemError) -> String {
        let snapshot = try call.host.snapshot()
        if !call[0].isEmpty, !snapshot.backends.contains(where: { $0.name == call[0] }) {
            return "Can't find backend.\n"
        }
        let numbers = ProxyNumbers(snapshot)
        let reports = try call.host.report()
        let threads = call.host.serving.settings.threads
        let idle = String(repeating: " 0", count: threads)
        var text =
            "# bkname/svname bkid/svid addr port - purge_delay used_cur used_max need_est unsafe_nb safe_nb idle_lim "
            + "idle_cur idle_per_thr[\(threads)]\n"
        for report in reports.backends where call[0].isEmpty || call[0] == report.proxy.name {
            guard let backend = snapshot.backends.first(where: { $0.name == report.proxy.name }) else { continue }
            for (index, (server, own)) in zip(backend.servers, report.servers).enumerated() {
                let place =
                    server.connection.path == nil ? "\(server.endpoint.address) \(server.endpoint.port)" : "unix 0"
                text +=
                    "\(backend.name)/\(server.name) \(numbers[backend.name] ?? 0)/\(server.number(at: index)) \(place) - "
                    + "5000 \(own.proxy.connections) \(own.proxy.traffic.most) 0 0 0 -1 0\(idle)\n"
            }
        }
        return text
    }
}
