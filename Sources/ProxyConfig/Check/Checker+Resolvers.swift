import Addresses

extension Checker {
    /// Takes what a line of a `resolvers` section says; what is wrong with it was told of.
    mutating func takeResolvers() {
        guard let last = model.resolvers.indices.last else { return }
        switch word(0) {
        case "nameserver":
            let key = "nameserver \(model.resolvers[last].name) \(word(1))"
            if keptPlaces[key] == nil { keptPlaces[key] = number }
            takeNameServer(last)
        case "parse-resolv-conf": model.resolvers[last].asksSystem = true
        case "resolve_retries": model.resolvers[last].retries = max(1, Self.number(word(1)))
        case "accepted_payload_size": model.resolvers[last].payloadSize = Self.number(word(1))
        case "timeout":
            guard let time = try? TimeText.milliseconds(word(2)), time > 0 else { return }
            if word(1) == "resolve" {
                model.resolvers[last].interval = time
            } else {
                model.resolvers[last].patience = time
            }
        case "hold":
            guard let time = try? TimeText.milliseconds(word(2)) else { return }
            switch word(1) {
            case "nx": model.resolvers[last].holdMissing = time
            case "other": model.resolvers[last].holdOther = time
            case "refused": model.resolvers[last].holdRefused = time
            case "timeout": model.resolvers[last].holdTimeout = time
            case "obsolete": model.resolvers[last].holdObsolete = time
            // `valid` is for what resolves in rules.
            default: break
            }
        default: break
        }
    }

    private mutating func takeNameServer(_ section: Int) {
        let usesTCP = word(2).hasPrefix("tcp@") || word(2).hasPrefix("tcp4@") || word(2).hasPrefix("tcp6@")
        let text = word(2).split(separator: "@", maxSplits: 1).last.map { String($0) } ?? ""
        guard let endpoint = Endpoint(text) ?? IPAddress(text).map({ Endpoint($0, port: 53) }) else { return }
        model.resolvers[section].nameServers.append(.init(name: word(1), endpoint: endpoint, usesTCP: usesTCP))
    }
}
