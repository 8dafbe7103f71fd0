internal import ProxyConfig
internal import ProxyEngine

/// Finds what a configuration asks for and this proxy does not do yet, so that it is said and never found out by surprise.
///
/// Here is only what leaves the service right without it; what does not is quarantined by the check or the compiler.
struct NotFollowed {
    /// What is not followed, what happens instead, and who asks for it.
    private var found: [(what: String, places: [String])] = []

    /// One line for each kind of thing, whatever the number of those who ask for it.
    static func warnings(_ model: ProxyModel) -> [String] {
        var result = NotFollowed()
        for frontend in model.frontends where !frontend.isDisabled { result.look(frontend) }
        for table in model.stickTables where table.peers != nil {
            result.add("stick-table peers", "entries stay in this process", table.name)
        }
        for backend in model.backends where !backend.isDisabled { result.look(backend) }
        return result.found.map { entry in
            let shown = entry.places.prefix(3).joined(separator: ", ")
            let rest = entry.places.count > 3 ? " and \(entry.places.count - 3) more" : ""
            return "not followed yet : \(entry.what)\(shown.isEmpty ? "" : " : \(shown)\(rest)")"
        }
    }

    private mutating func add(_ keyword: String, _ instead: String, _ place: String? = nil) {
        let what = "'\(keyword)' (\(instead))"
        if let index = found.firstIndex(where: { $0.what == what }) {
            if let place, found[index].places.last != place { found[index].places.append(place) }
        } else {
            found.append((what, place.map { [$0] } ?? []))
        }
    }

    private mutating func look(_ frontend: ProxyConfig.Frontend) {
        let place = frontend.name
        if frontend.omitsNormalLogs { add("option dontlog-normal", "every connection is logged", place) }
        if frontend.logsEarly { add("option logasap", "connections are logged when they end", place) }
        if case .custom = frontend.logFormat { add("log-format", "connections are not logged", place) }
        if case .basic = frontend.logFormat, !frontend.logTargets.isEmpty {
            add("log without option tcplog", "connections are not logged", place)
        }
        look(frontend.logTargets, place)
        if let format = frontend.uniqueIDFormat, UniqueIDFormat(format) == nil {
            add("unique-id-format \(format)", "no id is sent to servers", place)
        }
    }

    private mutating func look(_ targets: [LogTarget], _ place: String) {
        for target in targets {
            switch target.destination {
            case .standardOutput, .standardError: break
            case .socket(let address): add("log \(address)", "only stdout and stderr are written to", place)
            case .ring(let name): add("log ring@\(name)", "only stdout and stderr are written to", place)
            }
        }
    }

    private mutating func look(_ backend: ProxyConfig.Backend) {
        let place = backend.name
        if case .request(let text) = backend.balance { add("balance \(text)", "servers take turns", place) }
        if backend.servers.contains(where: { $0.isChecked }) {
            if let what = backend.checkNotFollowed { add(what, "checks connect only", place) }
        }
        for rule in backend.stickRules {
            if case .other(let text) = rule.pattern { add("stick … \(text)", "connections do not stick", place) }
            if let reason = rule.quarantine { add("stick", "\(reason); connections do not stick", place) }
        }
    }
}
