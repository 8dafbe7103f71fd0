import Diagnostics

extension Checker {
    /// `use_backend <backend> [{if|unless} <condition>]`
    mutating func checkUseBackend() {
        let name = word(1)
        guard !name.isEmpty else {
            error(at: 1, "'use_backend' expects a backend name.", remedy: "write a backend's name")
            return
        }
        let place = position(1)
        let keyword = word(2)
        noteOrder(.useBackend)
        var parsed = ConditionParser.Parsed(condition: .always)
        if !keyword.isEmpty {
            guard keyword == "if" || keyword == "unless" else {
                error(
                    at: 2,
                    "unexpected keyword '\(keyword)' after switching rule, only 'if' and 'unless' are allowed.",
                    remedy: "write if or unless before the condition"
                )
                return
            }
            guard
                let condition = condition(
                    from: 3,
                    at: .init(.switching),
                    { message, _ in "error detected while parsing switching rule : \(message)" }
                )
            else { return }
            parsed = condition
            if keyword == "unless", parsed.quarantine == nil { parsed.condition = .not(parsed.condition) }
        }
        if UseBackend.isComputed(name) {
            let format = NotedFormat(text: name, keyword: "use_backend rule '\(name)'", position: place)
            draft?.formats.append(format)
            parsed.quarantine = parsed.quarantine ?? quarantine(of: name)
        }
        draft?.frontend.useBackends.append(
            UseBackend(
                backend: name,
                condition: parsed.condition,
                quarantine: parsed.quarantine,
                position: placeInSection(1)
            )
        )
    }

    /// Why nobody can make the name that a format gives; what is wrong with it is said when all sections are known.
    private func quarantine(of format: String) -> String? {
        var findings = LogFormatText.Findings()
        let every = SamplePlace.Set(rawValue: .max)
        _ = LogFormatText.problem(format, isHTTP: true, places: every, surroundings, &findings)
        return findings.quarantine
    }

    /// `use-server <server> {if|unless} <condition>`
    mutating func checkUseServer() {
        let name = word(1)
        guard !name.isEmpty, word(2) == "if" || word(2) == "unless" else {
            error(
                at: name.isEmpty ? 1 : 2,
                name.isEmpty
                    ? "'use-server' expects a server name."
                    : "'use-server' requires either 'if' or 'unless' followed by a condition.",
                remedy: "write use-server, a server's name, if and a condition"
            )
            return
        }
        guard
            let parsed = condition(
                from: 3,
                at: .init(.serverChoice),
                { message, _ in "error detected while parsing switching rule : \(message)" }
            )
        else { return }
        let place = position(1)
        noteOrder(.useServer)
        if UseBackend.isComputed(name) {
            let format = NotedFormat(text: name, keyword: "use-server", position: place)
            draft?.formats.append(format)
            if let reason = quarantine(of: name) { draft?.quarantine.append("'use-server' : \(reason)") }
        } else {
            draft?.usedServers.append((name, place))
        }
        if let reason = parsed.quarantine { draft?.quarantine.append("'use-server' : \(reason)") }
        let condition = word(2) == "unless" ? .not(parsed.condition) : parsed.condition
        draft?.backend.useServers.append(UseServer(server: name, condition: condition, position: placeInSection(1)))
    }

    /// `acl <name> <criterion> …`
    mutating func checkACL() {
        let name = word(1)
        guard !name.isEmpty else {
            error(at: 1, "character '' is not permitted in acl name ''.", remedy: "write a name and a criterion")
            return
        }
        refuseCharacters(of: name, at: 1, "acl", label: "acl name '\(name)'")
        if name == "or" {
            error(
                at: 1,
                "acl name 'or' will never match. 'or' is used to express a logical disjunction within a condition.",
                remedy: "give the ACL another name"
            )
        }
        do throws(ConditionParser.Failure) {
            let criterion = words(from: 2)
            var references: [SampleExpression.Reference] = []
            draft?.conditions.line = placeInSection(0).line
            try draft?.conditions.define(name, criterion, surroundings, &references)
            let place = position(0)
            warnOfMissingPatterns(&references)
            draft?.references += references.map { .init($0, isACL: true, in: "", at: place) }
        } catch {
            self.error(at: 2, "error detected while parsing ACL '\(name)' : \(error.message)", remedy: error.remedy)
        }
    }
}
