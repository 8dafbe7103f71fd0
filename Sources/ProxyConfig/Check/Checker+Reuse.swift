import Diagnostics

extension Checker {
    /// Takes over what an earlier check found of the section that comes next; false if it must be checked again.
    mutating func reuse(_ known: CheckedSection, _ section: Section, before next: Section?) -> Bool {
        guard !known.dependsOnOthers, !blocks.isOpen else { return false }
        if !known.answers.isEmpty, !known.answers.allSatisfy({ consultation.holds($0) }) { return false }
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
        guard base === known.base, model.global.unixBind.prefix == known.socketPrefix,
            trustsServers == known.trustsServers, known.isRight(at: line)
        else {
            return false
        }
        switch known.kind {
        case .defaults:
            guard let draft = known.draft else { return false }
            inherit(draft)
        default:
            guard isNew(known) else { return false }
            let place = ProxyPlace(kind: known.kind, line: line)
            if known.kind != .backend { frontendPlaces[known.nameNumber] = place }
            if known.kind != .frontend { backendPlaces[known.nameNumber] = place }
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
        if next == nil { self.line = section.lines.last ?? section.header }
        hasReused = true
        return true
    }

    private func isNew(_ known: CheckedSection) -> Bool {
        if logForwardLine(known.name) != nil { return false }
        return switch known.kind {
        case .frontend: frontendPlaces[known.nameNumber] == nil
        case .backend: backendPlaces[known.nameNumber] == nil
        default: frontendPlaces[known.nameNumber] == nil && backendPlaces[known.nameNumber] == nil
        }
    }

    /// True unless something that all sections have in common is another than it was for those that were taken over.
    var isUndisturbed: Bool {
        guard hasReused, let former else { return true }
        return !mustCheckAll && former.logTargets == model.global.logTargets && former.logTag == model.global.logTag
            && former.allowsExternalChecks == allowsExternalChecks
    }

    /// Looks whether what a section names that was taken over is there.
    mutating func finishReused(_ known: CheckedSection, _ line: Int) {
        for report in known.lateReports { diagnostics.append(report.diagnostic(at: line)) }
        for number in known.wanted {
            let isOwn = known.hasBackend && number == known.nameNumber
            guard let backend = backendPlaces[number], !isOwn, known.mode == .tcp || backend.mode == .http else {
                mustCheckAll = true
                return
            }
        }
        for table in known.tables where stickTables[table] == nil { mustCheckAll = true }
        if known.tracksServers { tracksServers = true }
        if !known.resolvers.isEmpty, !known.resolvers.isSubset(of: kept.resolvers) { mustCheckAll = true }
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
