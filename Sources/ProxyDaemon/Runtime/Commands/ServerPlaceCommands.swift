internal import Addresses
internal import ProxyEngine
internal import Syscalls

/// Where a server, its check and its agent are: `set server … addr`, `check-addr`, `check-port`, `agent-addr`, `agent-port`,
/// `agent-send`, `fqdn`.
enum ServerPlaceCommands {
    private static let noChecks = "health checks are not enabled on this server"
    private static let noAgent = "agent checks are not enabled on this server"

    /// nil for another subject.
    static func set(_ call: RuntimeCall, _ path: ServerPath, _ server: Server) throws(SystemError) -> String? {
        let reference = ServerReference(backend: path.backend, server: path.server)
        var changes = call.host.changes
        var change = changes.servers[reference] ?? RuntimeChanges.ServerChange()
        let answer: String
        switch call[1] {
        case "addr": answer = setAddress(call, server, &change)
        case "fqdn":
            if call[2].isEmpty { return "set server <b>/<s> fqdn requires a FQDN.\n" }
            answer = "set server <b>/<s> fqdn failed because no resolution is configured.\n"
        case "check-addr":
            guard let check = server.check else { return noChecks }
            answer = setPlace(call, check.endpoint ?? server.endpoint, &change.checkEndpoint, "check")
        case "check-port":
            guard let check = server.check else { return noChecks }
            guard let port = Int(call[2]) else { return "provided port is not an integer" }
            guard (0...65535).contains(port) else { return "provided port is invalid" }
            let place = check.endpoint ?? server.endpoint
            // 0: the server's own.
            let own = Endpoint(place.address, port: port == 0 ? server.endpoint.port : UInt16(port))
            change.checkEndpoint = own
            answer = ""
        case "agent-addr":
            guard let agent = server.agent else { return noAgent }
            answer = setPlace(call, agent.endpoint, &change.agentEndpoint, "agent")
        case "agent-port":
            guard let agent = server.agent else { return noAgent }
            guard let port = Int(call[2]) else { return "provided port is not an integer" }
            guard (0...65535).contains(port) else { return "provided port is invalid" }
            change.agentEndpoint = Endpoint(agent.endpoint.address, port: UInt16(port))
            answer = ""
        case "agent-send":
            guard server.agent != nil else { return noAgent + ".\n" }
            if call.arguments.count < 3 { return "set server <b>/<s> agent-send requires a string.\n" }
            change.agentQuestion = call[2]
            answer = ""
        default: return nil
        }
        guard change != changes.servers[reference] ?? RuntimeChanges.ServerChange() else { return answer }
        changes.servers[reference] = change
        try call.host.change(changes)
        return answer
    }

    /// `… ADDRESS [port PORT]` of a check or an agent.
    private static func setPlace(
        _ call: RuntimeCall,
        _ place: Endpoint,
        _ changed: inout Endpoint?,
        _ what: String
    ) -> String {
        guard let address = IPAddress(call[2]) else { return "invalid addr '\(call[2])'" }
        var port = place.port
        if call[3] == "port" {
            guard let number = Int(call[4]) else { return "provided port is not an integer" }
            guard (0...65535).contains(number) else { return "provided port is invalid" }
            port = UInt16(number)
        }
        changed = Endpoint(address, port: port)
        return ""
    }

    private static func setAddress(
        _ call: RuntimeCall,
        _ server: Server,
        _ change: inout RuntimeChanges.ServerChange
    ) -> String {
        if call[2].isEmpty { return "set server <b>/<s> addr requires an address and optionally a port.\n" }
        let by = " by 'stats socket command'\n"
        guard let address = IPAddress(call[2]) else { return "Invalid addr '\(call[2])'" + by }
        let former = server.endpoint
        var next = Endpoint(address, port: former.port)
        var words =
            address == former.address
            ? "no need to change the addr" : "IP changed from '\(former.address)' to '\(address)'"
        if call[3] == "port", !call[4].isEmpty {
            let text = call[4]
            let isMap = text.hasPrefix("+") || text.hasPrefix("-")
            if isMap || server.connection.portOffset != nil {
                change.endpoint = next
                // A port that follows the client's is one that checks do not know.
                words +=
                    ", can't change <port> to port map because it is incompatible with current health check port "
                    + "configuration (use 'port' statement from the 'server' directive."
                return words + by
            }
            guard let number = Int(text) else {
                change.endpoint = next
                return words + ", problem converting port '\(text)' to an int" + by
            }
            let port = UInt16(truncatingIfNeeded: number)
            words +=
                port == former.port
                ? ", no need to change the port" : ", port changed from '\(former.port)' to '\(port)'"
            next = Endpoint(address, port: port)
        }
        change.endpoint = next
        return words + by
    }
}
