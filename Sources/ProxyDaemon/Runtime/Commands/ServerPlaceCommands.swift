internal import Addresses
internal import ProxyEngine
internal import Syscalls

/// Where a server, its check and its agent are: `set server … addr`, `check-addr`, `check-port`, `agent-addr`, `agent-port`,
/// `agent-send`, `fqdn`.
enum ServerPlaceCommands {
    private static let noChecks = "health checks are not enabled on this server"
    private static let mapped = "can't unset 'port' since MAPPORTS is in use"
    private static let noAgent = "agent checks are not enabled on this server"

    /// nil for another subject.
    static func set(_ call: RuntimeCall, _ path: ServerPath, _ server: Server) throws(SystemError) -> String? {
        let reference = ServerReference(backend: path.backend, server: path.server)
        var changes = call.host.changes
        var change = changes.servers[reference] ?? RuntimeChanges.ServerChange()
        var stated = server.stated
        let answer: String
        switch call[1] {
        case "addr": answer = setAddress(call, server, &change)
        case "fqdn":
            if call[2].isEmpty { return "set server <b>/<s> fqdn requires a FQDN.\n" }
            guard let resolution = call.host.resolutions[reference] else {
                return "set server <b>/<s> fqdn failed because no resolution is configured.\n"
            }
            answer = setName(call[2], path, server, resolution, &change)
        case "check-addr":
            if call[2].isEmpty { return needsAddress(call[1]) }
            guard let check = server.check, try call.host.isOn(\.check, path) else { return noChecks }
            answer = setPlace(call, check.endpoint ?? server.endpoint, &change.checkEndpoint, of: server)
            if answer.isEmpty, let place = change.checkEndpoint {
                (stated.checkAddress, stated.checkAddressPort) = (place.address, 0)
                if call[3] == "port" { stated.checkPort = place.port }
            }
        case "check-port":
            if call[2].isEmpty { return "set server <b>/<s> check-port requires a port.\n" }
            guard let check = server.check, try call.host.isOn(\.check, path) else { return noChecks }
            guard let port = CNumber.whole(call[2]) else { return "provided port is not an integer" }
            guard (0...65535).contains(port) else { return "provided port is invalid" }
            if port == 0, mapsPort(server) { return mapped }
            let place = check.endpoint ?? server.endpoint
            // 0: the server's own.
            let own = Endpoint(place.address, port: port == 0 ? server.endpoint.port : UInt16(port))
            change.checkEndpoint = own
            stated.checkPort = UInt16(port)
            answer = ""
        case "agent-addr":
            if call[2].isEmpty { return needsAddress(call[1]) }
            guard let agent = server.agent, try call.host.isOn(\.agent, path) else { return noAgent }
            answer = setPlace(call, agent.endpoint, &change.agentEndpoint)
            if answer.isEmpty, let place = change.agentEndpoint {
                stated.agentAddress = place.address
                if call[3] == "port" { stated.agentPort = place.port }
            }
        case "agent-port":
            if call[2].isEmpty { return "set server <b>/<s> agent-port requires a port.\n" }
            guard let agent = server.agent, try call.host.isOn(\.agent, path) else { return noAgent }
            guard let port = CNumber.whole(call[2]) else { return "provided port is not an integer" }
            guard (0...65535).contains(port) else { return "provided port is invalid" }
            change.agentEndpoint = Endpoint(agent.endpoint.address, port: UInt16(port))
            stated.agentPort = UInt16(port)
            answer = ""
        case "agent-send":
            guard server.agent != nil, try call.host.isOn(\.agent, path) else { return noAgent + ".\n" }
            change.agentQuestion = call[2]
            answer = ""
        default: return nil
        }
        if stated != server.stated { change.stated = stated }
        guard change != changes.servers[reference] ?? RuntimeChanges.ServerChange() else { return answer }
        changes.servers[reference] = change
        try call.host.change(changes)
        return answer
    }

    private static func needsAddress(_ what: String) -> String {
        "set server <b>/<s> \(what) requires an address and optionally a port.\n"
    }

    private static func setName(
        _ name: String,
        _ path: ServerPath,
        _ server: Server,
        _ resolution: ServerResolution,
        _ change: inout RuntimeChanges.ServerChange
    ) -> String {
        let by = " by 'stats socket command'\n"
        let former = server.followed?.name ?? server.hostName
        if name == former { return "no need to change the FDQN" + by }
        let isName = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: "-_.".utf8.contains(byte)
            }
        }
        guard isName, name.utf8.count <= 255 else { return "invalid fqdn '\(name)'" + by }
        if name.hasPrefix(".") || name.contains("..") {
            return "could not update \(path.backend)/\(path.server) FQDN" + by
        }
        change.name = CommandedName(name: name.lowercased(), resolution: resolution)
        return "\(path.backend)/\(path.server) changed its FQDN from \(former ?? "(null)") to \(name)" + by
    }

    /// HAProxy's `str2ip`: an address, in brackets or not, `*`, or a name where names may stand.
    private static func address(_ text: String, resolves: Bool) -> IPAddress? {
        if text == "*" { return IPAddress(v4: 0) }
        if text.hasPrefix("["), text.hasSuffix("]"), let address = IPAddress(text.dropFirst().dropLast()) {
            return address
        }
        return IPAddress(text) ?? (resolves ? NameResolution.address(of: text) : nil)
    }

    /// Without a port of its own a server has none that a check could go to.
    private static func mapsPort(_ server: Server) -> Bool {
        server.connection.portOffset != nil || server.connection.path != nil
    }

    /// `… ADDRESS [port PORT]` of the check of `server`, or of an agent.
    private static func setPlace(
        _ call: RuntimeCall,
        _ place: Endpoint,
        _ changed: inout Endpoint?,
        of server: Server? = nil
    ) -> String {
        guard let address = address(call[2], resolves: server == nil) else { return "invalid addr '\(call[2])'" }
        var port = place.port
        if call[3] == "port" {
            guard let number = CNumber.whole(call[4]) else { return "provided port is not an integer" }
            guard (0...65535).contains(number) else { return "provided port is invalid" }
            if number == 0, let server, mapsPort(server) { return mapped }
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
        guard let address = address(call[2], resolves: false) else { return "Invalid addr '\(call[2])'" + by }
        if server.connection.path != nil {
            return "Update for the current server address family is only supported through configuration file" + by
        }
        let former = server.endpoint
        var next = Endpoint(address, port: former.port)
        var words =
            address == former.address
            ? "no need to change the addr" : "IP changed from '\(former.address)' to '\(call[2])'"
        if call[3] == "port" {
            let (port, rule, said) = newPort(call[4], server)
            words += ", " + said
            if let port { next = Endpoint(address, port: port) }
            if let rule { change.port = rule }
        }
        change.endpoint = next
        return words + by
    }

    /// - Returns: Its port and how it is found, where they change, and what is said of it.
    private static func newPort(
        _ text: String,
        _ server: Server
    ) -> (port: UInt16?, rule: RuntimeChanges.PortRule?, words: String) {
        let (number, hasDigits, overflows, _) = CNumber.long(text)
        guard hasDigits, !overflows else { return (nil, nil, "problem converting port '\(text)' to an int") }
        let port = UInt16(truncatingIfNeeded: number)
        let isNegative = text.hasPrefix("-")
        let maps = isNegative || text.hasPrefix("+")
        let offset = server.connection.portOffset
        if maps, offset == nil, server.stated.checkPort == 0 {
            // A port that follows the client's is one that checks do not know.
            let words =
                "can't change <port> to port map because it is incompatible with current health check port "
                + "configuration (use 'port' statement from the 'server' directive."
            return (nil, nil, words)
        }
        let former = offset.map { UInt16(truncatingIfNeeded: $0) } ?? server.endpoint.port
        // As HAProxy, which takes the same number for the same port, whether it is mapped or not.
        if port == former, !maps || offset != nil { return (nil, nil, "no need to change the port") }
        let shown = isNegative ? "-\(0 &- port)" : maps ? "+\(port)" : "\(port)"
        let words = "port changed from '\(offset == nil ? "" : "+")\(former)' to '\(shown)'"
        return maps ? (0, .mapped(Int32(port)), words) : (port, .fixed, words)
    }
}
