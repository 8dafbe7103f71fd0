import Diagnostics
import HealthChecks

extension Checker {
    /// What the servers of a backend owe each other.
    mutating func checkServers(_ draft: ProxyDraft) {
        if !draft.frontend.isDisabled {
            checkServerNames(draft)
            checkPorts(draft)
        }
        var ids: [Int: Server] = [:]
        // By index: a copy of each server costs more than the look at it.
        for index in draft.backend.servers.indices {
            guard let id = draft.backend.servers[index].id else { continue }
            let server = draft.backend.servers[index]
            if let other = ids.updateValue(server, forKey: id) {
                report(
                    .error,
                    at: draft.place(of: server.position),
                    "'server \(draft.name)/\(server.name)' : 'id' : custom id \(id) already used at "
                        + "\(source(draft.place(of: other.position).line)) ('server \(other.name)').",
                    remedy: "give one of them another id"
                )
            }
        }
        if draft.checkOption == .named("external-check"), !draft.frontend.isDisabled,
            !allowsExternalChecks || !draft.hasExternalCommand
        {
            report(
                .error,
                at: draft.position,
                "Proxy '\(draft.name)' : 'option external-check' unable to find required "
                    + (allowsExternalChecks ? "'external-check command'." : "'global.external-check'."),
                remedy: "add that line"
            )
        }
    }

    /// A check needs a port: the server's, its own, or that of each connection that the rules make.
    private mutating func checkPorts(_ draft: ProxyDraft) {
        for index in draft.backend.servers.indices where draft.backend.servers[index].isChecked {
            let server = draft.backend.servers[index]
            guard server.track == nil, server.address.ports == nil, server.checkPort == nil,
                server.checkAddressPort == nil
            else { continue }
            guard Self.isCheckedByInternet(server) else { continue }
            let rules = draft.checkOption == .tcp ? draft.tcpRules : draft.httpRules
            let first = rules.first { rule in !Self.preparing.contains { rule.first?.hasPrefix($0) ?? false } }
            let problem: String
            if draft.checkOption == .connect || draft.checkOption == .named("external-check")
                || draft.checkOption == .tcp && rules.isEmpty
            {
                problem = "neither service port nor check port."
            } else if first.map({ $0.first != "connect" || !namesPort($0) }) ?? true {
                problem = "neither service port nor check port nor tcp_check rule 'connect' with port information."
            } else if rules.contains(where: { $0.first == "connect" && !namesPort($0) }) {
                problem =
                    "neither service port nor check port, and a tcp_check rule 'connect' with no port information."
            } else {
                continue
            }
            report(
                .error,
                at: draft.place(of: server.position),
                "config: \(draft.proxyKind) '\(draft.name)': server '\(server.name)' has \(problem)",
                remedy: "write a port behind the address, or 'port' and a number behind 'check'"
            )
        }
    }

    /// Rules that may stand before the first connection.
    private static let preparing = ["comment", "set-var", "unset-var"]

    /// Whether the check goes to an internet address that is known when the file is read: sockets have no port, and names
    /// are asked for later.
    private static func isCheckedByInternet(_ server: Server) -> Bool {
        if server.checkAddress != nil || server.checkName != nil { return true }
        if server.checkPath == nil, case .ip = server.address { return true }
        return false
    }

    /// A port that is a sample, of which nobody knows yet what it will be, is none here.
    private func namesPort(_ rule: [String]) -> Bool {
        var words = rule.dropFirst()
        while let option = words.popFirst() {
            switch option {
            case "send-proxy", "via-socks4", "ssl", "linger", "default": break
            case "port":
                if let port = words.popFirst(), Int(port) != nil { return true }
            case "addr":
                if let place = words.popFirst(), let ports = try? checkAddress(place).ports, ports.lowerBound > 0 {
                    return true
                }
            default: _ = words.popFirst()
            }
        }
        return false
    }

    private mutating func checkServerNames(_ draft: ProxyDraft) {
        let count = draft.backend.servers.count
        func refuse(_ index: Int, _ other: Int) {
            let name = draft.backend.servers[index].name
            let line = draft.place(of: draft.backend.servers[other].position).line
            report(
                .error,
                at: draft.place(of: draft.backend.servers[index].position),
                "backend '\(draft.name)', another server named '\(name)' was already defined at line \(line), "
                    + "please use distinct names.",
                remedy: "give one of them another name"
            )
        }
        guard count > 8 else {
            // A dictionary costs more than a few comparisons.
            for index in 0..<count {
                for other in 0..<index where draft.backend.servers[other].name == draft.backend.servers[index].name {
                    refuse(index, other)
                    break
                }
            }
            return
        }
        var places: [String: Int] = [:]
        places.reserveCapacity(count)
        for index in 0..<count {
            if let other = places.updateValue(index, forKey: draft.backend.servers[index].name) { refuse(index, other) }
        }
    }

    /// `track [<backend>/]<server>` shares the health of a server that has some.
    mutating func checkTracking() {
        let model = ModelParts(rest: model, proxies: proxies).model
        let backends = Dictionary(model.backends.indices.map { (model.backends[$0].name, $0) }) { first, _ in first }
        // Whom each server follows that was looked at before.
        var leaders: [String: String] = [:]
        // The servers of those that are followed.
        var servers: [Int: [String: Int]] = [:]
        for place in model.backends.indices {
            for index in model.backends[place].servers.indices {
                guard let track = model.backends[place].servers[index].track else { continue }
                let backend = model.backends[place]
                if backend.isDisabled { continue }
                let server = backend.servers[index]
                let position = backend.place(of: server.position)
                let parts = track.split(separator: "/", maxSplits: 1)
                let place = parts.count == 2 ? String(parts[0]) : backend.name
                let label = "'server \(backend.name)/\(server.name)'"
                guard let followed = backends[place] else {
                    report(
                        .error,
                        at: position,
                        "\(label) : unable to find required proxy '\(place)' for tracking.",
                        remedy: "name a backend of this file"
                    )
                    continue
                }
                let list = model.backends[followed].servers
                let names =
                    servers[followed]
                    ?? Dictionary(list.indices.map { (list[$0].name, $0) }) { first, _ in first }
                servers[followed] = names
                guard let other = names[String(parts.last ?? "")].map({ list[$0] }) else {
                    report(
                        .error,
                        at: position,
                        "\(label) : unable to find required server '\(parts.last ?? "")' for tracking.",
                        remedy: "name a server of backend '\(place)'"
                    )
                    continue
                }
                let (own, wanted) = ("\(backend.name)/\(server.name)", "\(place)/\(other.name)")
                var last: String? = wanted
                while let name = last, name != own { last = leaders[name] }
                guard last == nil else {
                    report(
                        .error,
                        at: position,
                        "\(label) : unable to track \(wanted) as it belongs to a tracking chain looping back to "
                            + "\(place)/\(server.name).",
                        remedy: "name a server that tracks no other one"
                    )
                    continue
                }
                leaders[own] = wanted
                guard !other.isChecked, other.track == nil, !other.isAgentChecked else {
                    continue
                }
                report(
                    .error,
                    at: position,
                    "\(label) : unable to use \(place)/\(other.name) for tracking as it does not have any check nor agent "
                        + "enabled.",
                    remedy: "write 'check' behind server '\(other.name)'"
                )
            }
        }
    }
}
