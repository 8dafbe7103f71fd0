import Diagnostics

extension Checker {
    /// Takes over what an earlier check found of the section that comes next; false if it must be checked again.
    mutating func reuse(_ known: CheckedSection, _ section: Section, before next: Section?) -> Bool {
        guard !known.dependsOnOthers, !blocks.isOpen else { return false }
        // A line above the next header that is no comment would be a line of this section.
        if let next, !next.leading.allSatisfy({ $0.isComment || $0.isBlank }) { return false }
        // The section before this one may be the defaults that it begins with.
        finishSection()
        let base: ProxyDraft?
        if let name = known.baseName {
            guard ambiguousDefaults[name] == nil else { return false }
            base = namedDefaults[name]
        } else {
            base = known.kind == .defaults ? nil : defaults
        }
        let line = number + 1
        guard base === known.base, model.global.unixBind.prefix == known.socketPrefix, known.isRight(at: line) else {
            return false
        }
        switch known.kind {
        case .defaults:
            guard let draft = known.draft else { return false }
            inherit(draft)
        default:
            guard isNew(known) else { return false }
            if known.kind != .backend { frontendPlaces[known.name] = (known.kind, line) }
            if known.kind != .frontend { backendPlaces[known.name] = (known.kind, line) }
            proxies.append((known, line))
        }
        found.add(known)
        for report in known.reports { diagnostics.append(report.diagnostic(at: line)) }
        for (what, position) in known.ignored where ignoredNames.insert(what).inserted {
            ignored.append((what, SourcePosition(line: position.line + line, column: position.column)))
        }
        self.section = nil
        number = line + section.lines.count
        lexer.variables.line += 1 + section.lines.count
        self.line = section.lines.last ?? section.header
        hasReused = true
        return true
    }

    private func isNew(_ known: CheckedSection) -> Bool {
        switch known.kind {
        case .frontend: frontendPlaces[known.name] == nil
        case .backend: backendPlaces[known.name] == nil
        default: frontendPlaces[known.name] == nil && backendPlaces[known.name] == nil
        }
    }

    /// True unless something that all sections have in common is another than it was for those that were taken over.
    var isUndisturbed: Bool {
        guard hasReused, let former else { return true }
        return !mustCheckAll && former.logTargets == model.global.logTargets && former.logTag == model.global.logTag
            && former.allowsExternalChecks == allowsExternalChecks
    }

    /// Builds the model's proxies of a section that was taken over, if what it names is there.
    mutating func finishReused(_ known: CheckedSection, _ line: Int, _ backends: [String: BackendPlace]) {
        for report in known.lateReports { diagnostics.append(report.diagnostic(at: line)) }
        if var frontend = known.halves.frontend {
            if let name = frontend.defaultBackend { require(name, of: known, frontend.mode, backends) }
            for index in frontend.useBackends.indices where !UseBackend.isComputed(frontend.useBackends[index].backend)
            {
                require(frontend.useBackends[index].backend, of: known, frontend.mode, backends)
            }
            frontend.position.line = line
            model.frontends.append(frontend)
            revisions.frontends.append(known.revision)
        }
        if var backend = known.halves.backend {
            for index in backend.stickRules.indices where stickTables[backend.stickRules[index].table] == nil {
                mustCheckAll = true
            }
            if known.tracksServers { tracksServers = true }
            backend.position.line = line
            model.backends.append(backend)
            revisions.backends.append(known.revision)
        }
    }

    private mutating func require(
        _ name: String,
        of known: CheckedSection,
        _ mode: ProxyMode,
        _ backends: [String: BackendPlace]
    ) {
        guard let backend = backends[name], known.kind == .frontend || name != known.name,
            mode == .tcp || backend.mode == .http
        else {
            mustCheckAll = true
            return
        }
    }
}

extension CheckedSection.Report {
    /// The diagnostic of a section whose header is at `line`.
    func diagnostic(at line: Int) -> Diagnostic {
        guard isOwn, let position = diagnostic.position else { return diagnostic }
        var moved = diagnostic
        moved.position = SourcePosition(line: position.line + line, column: position.column)
        return moved
    }
}
