import Diagnostics
import HealthChecks

extension Checker {
    /// What the servers of a backend owe each other.
    mutating func checkServers(_ draft: ProxyDraft) {
        var names: [String: Int] = [:]
        var ids: [Int: Server] = [:]
        for server in draft.backend.servers {
            if let line = names.updateValue(server.position.line, forKey: server.name) {
                report(
                    .error,
                    at: server.position,
                    "backend '\(draft.name)', another server named '\(server.name)' was already defined at line \(line), "
                        + "please use distinct names.",
                    remedy: "give one of them another name"
                )
            }
            if let id = server.id, let other = ids.updateValue(server, forKey: id) {
                report(
                    .error,
                    at: server.position,
                    "'server \(draft.name)/\(server.name)' : 'id' : custom id \(id) already used at "
                        + "\(source(other.position.line)) ('server \(other.name)').",
                    remedy: "give one of them another id"
                )
            }
        }
        for used in draft.usedServers where names[used.name] == nil {
            report(
                .error,
                at: used.position,
                "backend '\(draft.name)' : unable to find server '\(used.name)' referenced in a 'use-server' rule.",
                remedy: "name a server of this backend"
            )
        }
        if draft.checkOption == .named("external-check"),
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

    /// `track [<backend>/]<server>` shares the health of a server that has some.
    mutating func checkTracking() {
        for backend in model.backends {
            for server in backend.servers {
                guard let track = server.track else { continue }
                let parts = track.split(separator: "/", maxSplits: 1)
                let place = parts.count == 2 ? String(parts[0]) : backend.name
                let label = "'server \(backend.name)/\(server.name)'"
                guard let proxy = model.backend(place) else {
                    report(
                        .error,
                        at: server.position,
                        "\(label) : unable to find required proxy '\(place)' for tracking.",
                        remedy: "name a backend of this file"
                    )
                    continue
                }
                guard let other = proxy.servers.first(where: { $0.name == parts.last.map { String($0) } }) else {
                    report(
                        .error,
                        at: server.position,
                        "\(label) : unable to find required server '\(parts.last ?? "")' for tracking.",
                        remedy: "name a server of backend '\(place)'"
                    )
                    continue
                }
                guard !other.isChecked, other.track == nil, !other.isAgentChecked else {
                    continue
                }
                report(
                    .error,
                    at: server.position,
                    "\(label) : unable to use \(place)/\(other.name) for tracking as it does not have any check nor agent "
                        + "enabled.",
                    remedy: "write 'check' behind server '\(other.name)'"
                )
            }
        }
    }
}
