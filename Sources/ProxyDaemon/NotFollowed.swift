internal import ProxyConfig
internal import ProxyEngine

/// Finds what a configuration asks for and this proxy does not do yet, so that it is said and never found out by surprise.
///
/// Here is only what leaves the service right without it; what does not is quarantined by the check or the compiler.
struct NotFollowed {
    /// What is not followed, what happens instead, and who asks for it.
    private var found: [(what: String, places: [String])] = []
    private var formats = LineFormats()

    /// One line for each kind of thing, whatever the number of those who ask for it.
    static func warnings(_ model: ProxyModel, localPeer: String) -> [String] {
        var result = NotFollowed()
        for variable in model.global.variables where ProcessVariable(variable, &result.formats) == nil {
            result.add("set-var", "the variable is not set", variable.name)
        }
        // By index: a copy of each costs more than the look at it.
        for index in model.frontends.indices where !model.frontends[index].isDisabled {
            result.look(model.frontends, index)
        }
        for section in model.peers {
            if let problem = SnapshotCompiler.problem(of: section, local: localPeer) {
                result.add(what: problem, section.name)
            }
        }
        for index in model.backends.indices where !model.backends[index].isDisabled {
            result.look(model.backends, index)
        }
        return result.found.map { entry in
            let shown = entry.places.prefix(3).joined(separator: ", ")
            let rest = entry.places.count > 3 ? " and \(entry.places.count - 3) more" : ""
            return "not followed yet : \(entry.what)\(shown.isEmpty ? "" : " : \(shown)\(rest)")"
        }
    }

    /// Of targets, as many as no configuration of use has.
    static func warnings(_ groups: [LogGroup]) -> [String] {
        let count = Set(groups.flatMap { $0.outputs.map { $0.destination } }).count
        if count <= LogGroup.mostTargets { return [] }
        return [
            "not followed yet : more than \(LogGroup.mostTargets) different 'log' targets (\(count - LogGroup.mostTargets) get no line)"
        ]
    }

    private mutating func add(_ keyword: String, _ instead: String, _ place: String? = nil) {
        add(what: "'\(keyword)' (\(instead))", place)
    }

    private mutating func add(what: String, _ place: String?) {
        if let index = found.firstIndex(where: { $0.what == what }) {
            if let place, found[index].places.last != place { found[index].places.append(place) }
        } else {
            found.append((what, place.map { [$0] } ?? []))
        }
    }

    private mutating func look(_ list: [ProxyConfig.Frontend], _ index: Int) {
        let place = list[index].name
        if case .custom(let format) = list[index].logFormat, formats.format(format, of: place) == nil {
            add("log-format \(format)", "connections are not logged", place)
        }
        if list[index].mode == .http {
            if list[index].maxSessionRate ?? 0 > 0 {
                add("rate-limit sessions", "those who ask for pages are not counted", place)
            }
            if list[index].asksForCommonLog, case .http = list[index].logFormat {
                add("option httplog clf", "lines are those of 'option httplog'", place)
            }
        }
        look(list[index].logTargets, place)
        if let format = list[index].structuredDataFormat, formats.format(format, of: place) == nil {
            add("log-format-sd \(format)", "lines have no structured data", place)
        }
        if let format = list[index].errorLogFormat, formats.format(format, of: place) == nil {
            add("error-log-format \(format)", "connections that come to nothing are told of in HAProxy's words", place)
        }
        if let format = list[index].uniqueIDFormat, formats.format(format, of: place) == nil {
            add("unique-id-format \(format)", "no id is sent to servers", place)
        }
    }

    private mutating func look(_ targets: [LogTarget], _ place: String) {
        for target in targets {
            switch target.destination {
            case .standardOutput, .standardError, .ring, .socket(.ip), .socket(.unix), .socket(.abstract),
                .socket(.descriptor), .stream(.ip):
                break
            case .socket(.name(let name, _)), .stream(.name(let name, _)):
                add("log \(name)", "the name has no address, and nothing is sent there before it has one", place)
            case .stream(let address): add("log \(address)", "nothing is sent there", place)
            }
        }
    }

    private mutating func look(_ list: [ProxyConfig.Backend], _ index: Int) {
        let place = list[index].name
        if case .request(let text) = list[index].balance { add("balance \(text)", "servers take turns", place) }
        if list[index].servers.indices.contains(where: { list[index].servers[$0].isChecked }) {
            if let what = list[index].checkNotFollowed { add(what, "checks connect only", place) }
        }
        for rule in list[index].stickRules {
            if case .other(let text) = rule.pattern { add("stick … \(text)", "connections do not stick", place) }
            if let reason = rule.quarantine { add("stick", "\(reason); connections do not stick", place) }
        }
    }
}
