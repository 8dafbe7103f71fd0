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
            "# name\n" + call.host.kept.backends.map { String(decoding: $0.name, as: UTF8.self) + "\n" }.joined()
        },
    ]

    private static func states(_ call: RuntimeCall) throws(SystemError) -> String {
        var state = ServersState()
        let forced = Set(call.host.kept.order.numbers.values.map { Int($0) })
        let seconds = call.host.serving.seconds
        return try onBackends(call) { backend, number, report in
            state.add(backend, number: number, isForced: forced.contains(number), report)
            state.add(resting: backend, number: number, isForced: forced.contains(number), seconds: seconds)
        } ?? state.text
    }

    /// No connection outlives its client: none is idle, and none is kept for others.
    private static func connections(_ call: RuntimeCall) throws(SystemError) -> String {
        let threads = call.host.serving.settings.threads
        let idle = String(repeating: " 0", count: threads)
        var text =
            "# bkname/svname bkid/svid addr port - purge_delay used_cur used_max need_est unsafe_nb safe_nb idle_lim "
            + "idle_cur idle_per_thr[\(threads)]\n"
        return try onBackends(call) { backend, number, report in
            for (index, (server, own)) in zip(backend.servers, report.servers).enumerated() {
                let place =
                    server.connection.path == nil ? "\(server.endpoint.address) \(server.endpoint.port)" : "- 0"
                text +=
                    "\(backend.name)/\(server.name) \(number)/\(server.number(at: index)) \(place) - "
                    + "5000 \(own.proxy.connections) \(own.proxy.traffic.most) 0 0 0 -1 0\(idle)\n"
            }
            for server in backend.resting {
                let place = "\(server.address.map { "\($0)" } ?? "-") \(server.port)"
                text += "\(backend.name)/\(server.name) \(number)/\(server.id) \(place) - 5000 0 0 0 0 0 -1 0\(idle)\n"
            }
        } ?? text
    }

    /// Hands over the backend that is asked for, or one after the other, with its number and how it is.
    ///
    /// - Returns: What is wrong with the question, if anything is.
    private static func onBackends(
        _ call: RuntimeCall,
        _ body: (Backend, Int, BackendReport) -> Void
    ) throws(SystemError) -> String? {
        let kept = call.host.kept
        let name = call[0].isEmpty ? nil : call.host.backendName(call[0])
        if name == nil, !call[0].isEmpty { return "Can't find backend.\n" }
        let reports = Dictionary(try call.host.report(backend: name).backends.map { ($0.proxy.name, $0) }) { first, _ in
            first
        }
        let numbers = BackendNumbers(kept)
        for (place, piece) in kept.backends.enumerated() {
            if let name, !piece.isNamed(name) { continue }
            guard let backend = try? piece.backend(), let report = reports[backend.name] else { continue }
            body(backend, numbers[place], report)
        }
        return nil
    }
}
