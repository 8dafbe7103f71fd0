internal import ProxyEngine
internal import Syscalls

/// `show servers state`, `show backend`
enum ServerStateCommands {
    static let all = [
        RuntimeKeyword(
            "show servers state",
            "show servers state [<backend>]",
            "dump volatile server information (all or for a single backend)",
            states
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
}
