import Diagnostics

extension Checker {
    /// What can be said only when the whole file is read; builds the model's proxies.
    mutating func finish() {
        var backendModes: [String: (mode: ProxyMode, position: SourcePosition)] = [:]
        for draft in drafts where draft.hasBackend {
            backendModes[draft.name] = (draft.mode, draft.position)
        }
        let known = knownParts()
        for draft in drafts {
            resolveLogs(draft)
            checkNoted(draft, known)
            checkHTTPWords(draft)
            checkReferences(draft, backendModes)
            checkTimeouts(draft)
            if draft.hasFrontend { model.frontends.append(frontend(draft)) }
            if draft.hasBackend {
                checkServers(draft)
                checkSticks(draft)
                model.backends.append(backend(draft))
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
        let targets = draft.logTargets + (draft.usesGlobalLog ? model.global.logTargets : [])
        draft.frontend.logTargets = targets
        draft.backend.logTargets = targets
        let tag = model.global.logTag
        draft.frontend.logTag = draft.frontend.logTag ?? tag
        draft.backend.logTag = draft.backend.logTag ?? tag
    }

    private func frontend(_ draft: ProxyDraft) -> Frontend {
        var frontend = draft.frontend
        if draft.mode == .tcp, frontend.logFormat == .http { frontend.logFormat = .tcp }
        frontend.quarantine = draft.quarantine
        if draft.mode == .http { frontend.quarantine.append("mode http is not served yet") }
        return frontend
    }

    private func backend(_ draft: ProxyDraft) -> Backend {
        var backend = draft.backend
        backend.check = Self.healthCheck(draft)
        backend.checkNotFollowed = Self.healthCheckNotFollowed(draft)
        backend.quarantine = draft.quarantine
        if draft.mode == .http { backend.quarantine.append("mode http is not served yet") }
        return backend
    }

    /// Words of `mode http` in a section of `mode tcp`: HAProxy warns and goes on.
    private mutating func checkHTTPWords(_ draft: ProxyDraft) {
        guard draft.mode == .tcp else { return }
        if draft.hasFrontend, draft.frontend.logFormat == .http, let position = draft.httpLogPosition {
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

    private mutating func checkReferences(
        _ draft: ProxyDraft,
        _ backends: [String: (mode: ProxyMode, position: SourcePosition)]
    ) {
        var references: [(name: String, keyword: String, what: String, position: SourcePosition)] = []
        if let name = draft.frontend.defaultBackend {
            references.append(
                (name, "default_backend", "as its default backend", draft.defaultBackendPosition ?? draft.position)
            )
        }
        for rule in draft.frontend.useBackends where !UseBackend.isComputed(rule.backend) {
            references.append((rule.backend, "use_backend", "in a 'use_backend' rule", rule.position))
        }
        for reference in references {
            if draft.hasBackend, reference.name == draft.name {
                report(
                    .error,
                    at: reference.position,
                    "Proxy '\(draft.name)': loop detected for \(reference.keyword): '\(reference.name)'.",
                    remedy: "name another backend"
                )
                continue
            }
            guard let backend = backends[reference.name] else {
                // What a backend inherits from defaults is not its own; frontends are looked through.
                guard draft.hasFrontend || reference.keyword == "use_backend" || isOwn(reference.position, draft) else {
                    continue
                }
                report(
                    .error,
                    at: reference.position,
                    "Proxy '\(draft.name)': unable to find required \(reference.keyword): '\(reference.name)'.",
                    remedy: suggestion(for: reference.name, among: backends.keys)
                )
                continue
            }
            guard draft.mode == .http, backend.mode == .tcp else { continue }
            report(
                .error,
                at: reference.position,
                "http \(draft.kind.rawValue) '\(draft.name)' (\(source(draft.position.line))) tries to use incompatible tcp "
                    + "backend '\(reference.name)' (\(source(backend.position.line))) \(reference.what) (see 'mode').",
                remedy: "give both the same mode"
            )
        }
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
