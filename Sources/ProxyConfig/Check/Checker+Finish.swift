import Diagnostics

extension Checker {
    /// What can be said only when the whole file is read.
    mutating func finish() {
        for (section, line) in proxies where section.hasBackend {
            // Of two backends of one name the last is the one that is meant.
            let mode = section.unfinished?.mode ?? section.mode
            backendPlaces[section.nameNumber] = ProxyPlace(kind: section.kind, line: line, mode: mode)
        }
        let refers = proxies.contains { $0.section.unfinished?.refersToOthers ?? false }
        let known = refers ? knownParts() : KnownParts()
        for (section, line) in proxies {
            if let draft = section.unfinished {
                finish(section, draft, known)
            } else {
                finishReused(section, line)
            }
        }
        checkIDs()
        checkPrograms()
        finishRings()
        if tracksServers { checkTracking() }
        checkPeersOfTables()
        finishUserlists()
        warnOfIgnored()
    }

    private mutating func finish(_ section: CheckedSection, _ draft: ProxyDraft, _ known: KnownParts) {
        recorded = section
        section.isLate = true
        resolveLogs(draft)
        // HAProxy asks nothing more of a section that is disabled: it may name what is not there.
        if !draft.frontend.isDisabled { checkWhole(draft, known) }
        finishHalves(draft)
        section.revision = newRevision()
        if draft.hasBackend {
            checkServers(draft)
            section.resolvers = resolvers(of: draft)
            section.tracksServers = draft.tracksServers
            if section.tracksServers { tracksServers = true }
        }
        noteQuestions()
        section.isFinished = true
        recorded = nil
    }

    private mutating func checkWhole(_ draft: ProxyDraft, _ known: KnownParts) {
        if draft.refersToOthers { checkNoted(draft, known) }
        checkHTTPWords(draft)
        checkReferences(draft)
        checkTimeouts(draft)
        warnOfHaste(draft)
        warnOfSilence(draft)
        checkUsedServers(draft)
        checkProtocols(draft)
        checkThreads(draft)
        warnOfChecks(draft)
        if draft.hasBackend { checkSticks(draft) }
    }

    private func knownParts() -> KnownParts {
        var known = kept
        for (section, _) in proxies {
            if section.hasFrontend { known.frontends.insert(section.name) }
            if section.hasBackend { known.backends.insert(section.name) }
        }
        // Only few configurations ask for servers by name.
        let asks = proxies.contains { section, _ in
            guard let draft = section.unfinished else { return false }
            return draft.references.contains { $0.type == "server" } || !draft.formats.isEmpty
        }
        if asks {
            for (section, _) in proxies {
                known.servers[section.name] = Set((section.backend?.servers ?? []).map(\.name))
            }
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
        Self.finishPages(draft)
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
        guard draft.mode == .tcp, !draft.frontend.isDisabled else { return }
        warnOfHTTPLines(draft)
        if draft.hasFrontend, draft.frontend.logFormat == .http, let position = draft.httpLogPosition {
            draft.frontend.logFormat = .tcp
            report(
                .warning,
                at: position,
                "'option httplog' not usable with \(draft.proxyKind) '\(draft.name)' (needs 'mode http'). "
                    + "Falling back to 'option tcplog'.",
                remedy: "write 'option tcplog'"
            )
        }
        for option in draft.httpOptions where ProxyOption.side(option.name).missing(in: draft.kind) == nil {
            report(
                .warning,
                at: option.position,
                "'option \(option.name)' ignored for \(draft.proxyKind) '\(draft.name)' as it requires HTTP mode.",
                remedy: "remove the line"
            )
        }
    }

    private mutating func checkReferences(_ draft: ProxyDraft) {
        if let name = draft.frontend.defaultBackend {
            let position = draft.defaultBackendPosition ?? draft.position
            checkReference(draft, name, "default_backend", "as its default backend", position)
        }
        for index in draft.frontend.useBackends.indices {
            let name = draft.frontend.useBackends[index].backend
            guard !UseBackend.isComputed(name) else { continue }
            let position = draft.place(of: draft.frontend.useBackends[index].position)
            checkReference(draft, name, "use_backend", "in a 'use_backend' rule", position)
        }
    }

    private mutating func checkReference(
        _ draft: ProxyDraft,
        _ name: String,
        _ keyword: StaticString,
        _ what: StaticString,
        _ position: SourcePosition
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
        guard let backend = names.known(name).flatMap({ backendPlaces[$0] }) else {
            report(
                .error,
                at: position,
                "Proxy '\(draft.name)': unable to find required \(keyword): '\(name)'.",
                remedy: suggestion(for: name, among: proxies.filter { $0.section.hasBackend }.map(\.section.name))
            )
            return
        }
        guard draft.mode == .http, backend.mode == .tcp else { return }
        report(
            .error,
            at: position,
            "http \(draft.proxyKind) '\(draft.name)' (\(source(draft.position.line))) tries to use incompatible tcp "
                + "\(backend.kind == .listen ? "proxy" : "backend") '\(name)' (\(source(backend.line))) \(what) (see 'mode').",
            remedy: "give both the same mode"
        )
    }

    private func suggestion(for name: String, among names: some Sequence<String>) -> String {
        Spelling.nearest(name, in: names).map { "write '\($0)', or add the backend '\(name)'" }
            ?? "add the backend '\(name)'"
    }

    private mutating func checkTimeouts(_ draft: ProxyDraft) {
        guard !draft.frontend.isDisabled else { return }
        let (frontend, backend) = (draft.frontend, draft.backend)
        let isClientMissing = draft.hasFrontend && frontend.clientTimeout == nil
        let isServerMissing = backend.serverTimeout == nil && (draft.mode == .http || backend.tunnelTimeout == nil)
        let isBackendMissing =
            draft.hasBackend && !backend.servers.isEmpty && (backend.connectTimeout == nil || isServerMissing)
        guard isClientMissing || isBackendMissing else { return }
        report(
            .warning,
            at: draft.position,
            "missing timeouts for \(draft.proxyKind) '\(draft.name)'.\n"
                + "   | While not properly invalid, you will certainly encounter various problems\n"
                + "   | with such a configuration. To fix this, please ensure that all following\n"
                + "   | timeouts are set to a non-zero value: 'client', 'connect', 'server'.",
            remedy: "set these timeouts in the section or in its defaults"
        )
    }

    /// Rules that keep what the client says before anybody has waited for it.
    private mutating func warnOfHaste(_ draft: ProxyDraft) {
        guard draft.hasFrontend, draft.frontend.rules.inspectDelay == nil else { return }
        for rule in draft.frontend.rules.content {
            let kind: String
            switch rule.action {
            case .capture(let expression, _, _) where !expression.isKnownBefore: kind = "capture"
            case .track(_, let expression, _) where !expression.isKnownBefore: kind = "content track-sc*"
            default: continue
            }
            report(
                .warning,
                at: draft.place(of: rule.position),
                "\(draft.kind.rawValue) '\(draft.name)' : a 'tcp-request \(kind)' rule explicitly depending on request "
                    + "contents without any 'tcp-request inspect-delay' setting. This means that this rule will randomly "
                    + "find its contents. This can be fixed by setting the tcp-request inspect-delay.",
                remedy: "write 'tcp-request inspect-delay 5s'"
            )
        }
    }

    /// Of two proxies with one `id`, or of two of one proxy, the latter is refused.
    private mutating func checkIDs() {
        var owners: [Int: (section: CheckedSection, line: Int)] = [:]
        for (section, line) in proxies {
            guard let id = section.id else { continue }
            guard let other = owners[id] else {
                owners[id] = (section, line)
                continue
            }
            let place = section.draft?.idPosition ?? SourcePosition(line: line, column: 1)
            refuseID(
                Self.label(section.kind, section.name),
                Self.label(other.section.kind, other.section.name),
                declaredAt: other.line,
                at: place
            )
        }
    }

    private static func label(_ kind: SectionKind, _ name: String) -> String {
        "\(kind == .listen ? "proxy" : kind.rawValue) \(name)"
    }

    /// A second `id` of the section.
    mutating func refuseSecondID(of draft: ProxyDraft, at place: SourcePosition) {
        let label = Self.label(draft.kind, draft.name)
        refuseID(label, label, declaredAt: draft.position.line, at: place)
    }

    private mutating func refuseID(_ who: String, _ other: String, declaredAt line: Int, at place: SourcePosition) {
        let message = "\(who) reuses same custom id as \(other) (declared at \(source(line)))."
        report(.error, at: place, message, remedy: "give one of them another id")
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
