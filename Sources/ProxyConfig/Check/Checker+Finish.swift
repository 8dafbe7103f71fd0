import Diagnostics

extension Checker {
    /// What can be said only when the whole file is read; builds the model's proxies.
    mutating func finish() {
        var backends: [String: ProxyDraft] = [:]
        backends.reserveCapacity(backendPlaces.count)
        for draft in drafts where draft.hasBackend { backends[draft.name] = draft }
        let known = drafts.contains { $0.refersToOthers } ? knownParts() : KnownParts()
        model.frontends.reserveCapacity(frontendPlaces.count)
        model.backends.reserveCapacity(backendPlaces.count)
        for draft in drafts {
            resolveLogs(draft)
            if draft.refersToOthers { checkNoted(draft, known) }
            checkHTTPWords(draft)
            checkReferences(draft, backends)
            checkTimeouts(draft)
            finishHalves(draft)
            if draft.hasFrontend { model.frontends.append(draft.frontend) }
            if draft.hasBackend {
                checkServers(draft)
                checkSticks(draft)
                model.backends.append(draft.backend)
            }
        }
        checkPrograms()
        checkTracking()
        checkPeersOfTables()
        finishUserlists()
        warnOfIgnored()
    }

    private func knownParts() -> KnownParts {
        var known = kept
        for draft in drafts {
            if draft.hasFrontend { known.frontends.insert(draft.name) }
            guard draft.hasBackend else { continue }
            known.backends.insert(draft.name)
        }
        // Only few configurations ask for servers by name.
        let asks = drafts.contains { $0.references.contains { $0.type == "server" } || !$0.formats.isEmpty }
        if asks {
            for draft in drafts { known.servers[draft.name] = Set(draft.backend.servers.map(\.name)) }
        }
        known.tables = Set(model.stickTables.map(\.name))
        known.userlists = Set(model.userlists.map(\.name))
        return known
    }

    private func resolveLogs(_ draft: ProxyDraft) {
        var targets = draft.logTargets
        // Mostly one of the two is empty, and the other's storage is shared.
        if draft.usesGlobalLog {
            targets = targets.isEmpty ? model.global.logTargets : targets + model.global.logTargets
        }
        draft.frontend.logTargets = targets
        draft.backend.logTargets = targets
        guard let tag = model.global.logTag else { return }
        if draft.frontend.logTag == nil { draft.frontend.logTag = tag }
        if draft.backend.logTag == nil { draft.backend.logTag = tag }
    }

    private func finishHalves(_ draft: ProxyDraft) {
        if draft.mode == .http { draft.quarantine.append("mode http is not served yet") }
        if !draft.quarantine.isEmpty {
            draft.frontend.quarantine = draft.quarantine
            draft.backend.quarantine = draft.quarantine
        }
        guard draft.hasBackend else { return }
        draft.backend.check = Self.healthCheck(draft)
        draft.backend.checkNotFollowed = Self.healthCheckNotFollowed(draft)
    }

    /// Words of `mode http` in a section of `mode tcp`: HAProxy warns and goes on.
    private mutating func checkHTTPWords(_ draft: ProxyDraft) {
        guard draft.mode == .tcp else { return }
        if draft.hasFrontend, draft.frontend.logFormat == .http, let position = draft.httpLogPosition {
            draft.frontend.logFormat = .tcp
            report(
                .warning,
                at: position,
                "'option httplog' not usable with \(draft.kind.rawValue) '\(draft.name)' (needs 'mode http'). "
                    + "Falling back to 'option tcplog'.",
                remedy: "write 'option tcplog'"
            )
        }
        for option in draft.httpOptions {
            report(
                .warning,
                at: option.position,
                "'option \(option.name)' ignored for \(draft.kind.rawValue) '\(draft.name)' as it requires HTTP mode.",
                remedy: "remove the line"
            )
        }
    }

    private mutating func checkReferences(_ draft: ProxyDraft, _ backends: [String: ProxyDraft]) {
        if let name = draft.frontend.defaultBackend {
            let position = draft.defaultBackendPosition ?? draft.position
            checkReference(draft, name, "default_backend", "as its default backend", position, backends)
        }
        for index in draft.frontend.useBackends.indices {
            let name = draft.frontend.useBackends[index].backend
            guard !UseBackend.isComputed(name) else { continue }
            let position = draft.frontend.useBackends[index].position
            checkReference(draft, name, "use_backend", "in a 'use_backend' rule", position, backends)
        }
    }

    private mutating func checkReference(
        _ draft: ProxyDraft,
        _ name: String,
        _ keyword: StaticString,
        _ what: StaticString,
        _ position: SourcePosition,
        _ backends: [String: ProxyDraft]
    ) {
        if draft.hasBackend, name == draft.name {
            report(
                .error,
                at: position,
                "Proxy '\(draft.name)': loop detected for \(keyword): '\(name)'.",
                remedy: "name another backend"
            )
            return
        }
        guard let backend = backends[name] else {
            // What a backend inherits from defaults is not its own; frontends are looked through.
            guard draft.hasFrontend || "\(keyword)" == "use_backend" || isOwn(position, draft) else { return }
            report(
                .error,
                at: position,
                "Proxy '\(draft.name)': unable to find required \(keyword): '\(name)'.",
                remedy: suggestion(for: name, among: backends.keys)
            )
            return
        }
        guard draft.mode == .http, backend.mode == .tcp else { return }
        report(
            .error,
            at: position,
            "http \(draft.kind.rawValue) '\(draft.name)' (\(source(draft.position.line))) tries to use incompatible tcp "
                + "backend '\(name)' (\(source(backend.position.line))) \(what) (see 'mode').",
            remedy: "give both the same mode"
        )
    }

    private func isOwn(_ position: SourcePosition, _ draft: ProxyDraft) -> Bool { position > draft.position }

    private func suggestion(for name: String, among names: some Sequence<String>) -> String {
        Spelling.nearest(name, in: names).map { "write '\($0)', or add the backend '\(name)'" }
            ?? "add the backend '\(name)'"
    }

    private mutating func checkTimeouts(_ draft: ProxyDraft) {
        guard !draft.frontend.isDisabled else { return }
        var missing: [String] = []
        if draft.hasFrontend, draft.frontend.clientTimeout == nil { missing.append("client") }
        if draft.hasBackend, !draft.backend.servers.isEmpty {
            if draft.backend.connectTimeout == nil { missing.append("connect") }
            if draft.backend.serverTimeout == nil { missing.append("server") }
        }
        guard !missing.isEmpty else { return }
        report(
            .warning,
            at: draft.position,
            "missing timeouts for \(draft.kind.rawValue) '\(draft.name)': "
                + missing.map { "'\($0)'" }.joined(separator: ", ")
                + "; a dead connection would stay for ever",
            remedy: "set these timeouts in the section or in its defaults"
        )
    }

    private mutating func warnOfIgnored() {
        guard let first = ignored.first else { return }
        report(
            .warning,
            at: first.position,
            "accepted and not acted upon: "
                + ignored.map { "\($0.what) (line \($0.position.line))" }.joined(separator: ", "),
            remedy: "nothing needs to be done if these are not relied upon"
        )
    }
}
