extension Checker {
    /// Keeps a line that says what a `mode http` proxy serves by itself, or which requests it answers how.
    mutating func notePageLine(_ keyword: ProxyKeyword) {
        if keyword == .option, ["httpclose", "accept-invalid-http-request"].contains(word(1)) {
            draft?.pageLines.removeAll { $0 == ["option", word(1)] }
        }
        guard negation == nil else { return }
        switch keyword {
        case .acl, .monitor, .monitorURI, .httpRequest, .redirect, .errorfile, .errorfiles, .errorloc, .errorloc302,
            .errorloc303, .httpError, .description, .tcpRequest:
            keepPageLine()
        case .stats:
            // Its own lines take the place of all that the defaults say.
            if draft?.ownsStatistics == false {
                draft?.ownsStatistics = true
                draft?.pageLines.removeAll { $0.first == "stats" }
            }
            keepPageLine(time: word(1) == "refresh" ? 2 : nil)
        case .timeout where ["http-request", "http-keep-alive", "tarpit"].contains(word(1)): keepPageLine(time: 2)
        case .option where word(1) == "httpclose" || word(1) == "accept-invalid-http-request": keepPageLine()
        default: break
        }
    }

    /// - Parameter time: Where a time stands, which is kept in milliseconds.
    private mutating func keepPageLine(time: Int? = nil) {
        var line = Array(words(from: 0))
        if let time, line.count > time {
            guard let milliseconds = try? TimeText.milliseconds(line[time]) else { return }
            line[time] = "\(milliseconds)"
        }
        draft?.pageLines.append(line)
    }

    /// `errorfile` in an `http-errors` section.
    mutating func noteErrorFile() {
        guard section == .httpErrors, word(0) == "errorfile", let last = model.errorSections.indices.last else {
            return
        }
        let file = ErrorSection.File(status: word(1), path: word(2))
        model.errorSections[last].files.append(file)
    }

    /// What becomes of a `mode http` proxy: it serves what it answers itself, and passes nothing on.
    static func finishPages(_ draft: ProxyDraft) {
        guard draft.mode == .http else { return }
        if draft.hasBackend, !draft.backend.servers.isEmpty {
            draft.quarantine.append("HTTP is not passed on to servers yet")
        } else if draft.hasFrontend, !draft.frontend.useBackends.isEmpty {
            draft.quarantine.append("HTTP is not passed on to backends yet")
        }
        if draft.hasFrontend { draft.frontend.pageLines = draft.pageLines }
        if draft.hasBackend { draft.backend.pageLines = draft.pageLines }
    }
}
