import Diagnostics

extension Checker {
    /// Lines that are right or wrong by their words alone, and that nothing here acts upon. False if the keyword is none
    /// of them.
    mutating func checkPassive(_ keyword: ProxyKeyword) -> Bool {
        var isRight = true
        let rule = PassiveRules.all[keyword]
        // A line that is wrong is not one that is ignored.
        let said = diagnostics.count
        defer { if !diagnostics[said...].contains(where: { $0.severity == .error }) { noteHTTPLine(keyword) } }
        if let rule { isRight = follows(rule) }
        if keyword == .serverStateFile { isRight = refuseExtra(after: 1) }
        if isRight, let problem = passiveProblem(keyword) {
            error(at: 1, problem, remedy: "see the manual for '\(word(0))'")
            isRight = false
        }
        if isRight { takeServerState(keyword) }
        switch keyword {
        case .httpRequest: checkHTTPRule(.request)
        case .httpResponse: checkHTTPRule(.response)
        case .httpAfterResponse: checkHTTPRule(.afterResponse)
        case .redirect: checkRedirect()
        case .capture: checkCapture()
        case .declare: checkDeclare()
        case .monitor: checkMonitor()
        case .bindProcess:
            warn(
                at: 0,
                "'bind-process' has no effect, is deprecated, and will be removed in version 2.7.",
                remedy: "remove the line"
            )
        case .forcePersist, .ignorePersist: checkPersistRule()
        case .stats where isRight && word(1) == "admin": checkPersistRule()
        case .stats where isRight && word(1) == "http-request":
            checkRule(.request, at: 2, isOrdered: false)
        case .stats where isRight && word(1) == "show-desc": warnOfDescription()
        case .httpError: checkHTTPError()
        case .errorfiles where isRight && !word(1).isEmpty:
            let reference = (name: word(1), position: position(1))
            draft?.errorFiles.append(reference)
        case .useFastCGI where isRight:
            let reference = (name: word(1), position: position(1))
            draft?.applications.append(reference)
        case .dispatch, .transparent: return false
        default: return rule != nil
        }
        return true
    }

    /// `load-server-state-from-file`, `server-state-file-name`
    private mutating func takeServerState(_ keyword: ProxyKeyword) {
        switch keyword {
        case .loadServerState: draft?.backend.stateSource = ServerStateSource(rawValue: word(1)) ?? .nowhere
        case .serverStateFile: draft?.backend.stateFile = ["", "use-backend-name"].contains(word(1)) ? nil : word(1)
        default: break
        }
    }

    /// `force-persist`, `ignore-persist` and `stats admin`: a condition and nothing else.
    private mutating func checkPersistRule() {
        let index = word(0) == "stats" ? 2 : 1
        let label = index == 2 ? "stats admin" : word(0)
        guard word(index) == "if" || word(index) == "unless" else {
            guard index == 1 else { return }
            let message = "'\(label)' requires either 'if' or 'unless' followed by a condition."
            error(at: index, message, remedy: "write a condition")
            return
        }
        let isFront = draft?.hasFrontend == true
        let place: SamplePlace =
            index == 1
            ? isFront ? .frontendContent : .backendContent : isFront ? .frontendRequest : .backendRequest
        _ = condition(from: index + 1, at: .init(place)) { message, _ in
            "error detected while parsing a '\(label)' rule : \(message)"
        }
    }

    private mutating func checkHTTPRule(_ set: RuleSet) {
        checkRule(set, at: 1)
    }

    /// `log-format-sd`, `error-log-format` and `unique-id-format`: one word.
    mutating func checkFormat() {
        guard !word(1).isEmpty else {
            error(at: 1, "\(word(0)) expects an argument.", remedy: "write a format in quotes")
            return
        }
        guard word(2).isEmpty else {
            error(at: 2, "\(word(0)) expects only one argument, don't forget to escape spaces!", remedy: "write quotes")
            return
        }
        let format = NotedFormat(text: word(1), keyword: word(0), position: position(1))
        draft?.formats.append(format)
    }

    /// True for a format of lines in a section that writes none, which is not looked at any further.
    mutating func warnOfFormat() -> Bool {
        guard draft?.kind == .backend, !word(1).isEmpty, word(2).isEmpty || word(0) == "option" else { return false }
        let line = word(0) == "option" ? "option \(word(1))" : word(0)
        warn(
            at: 0,
            "\(proxyLabel) : '\(line)' directive is ignored in backends.",
            remedy: "move the line to a frontend"
        )
        return true
    }

    private mutating func checkRedirect() {
        guard let draft else { return }
        var reader = RuleReader(Array(words(from: 0)), from: 1, in: draft, places: .init(), surroundings)
        do throws(RuleReader.Failure) {
            try reader.redirect()
        } catch {
            let message = "error detected in \(proxyLabel) while parsing redirect rule : \(error.message)."
            self.error(at: error.index, message, remedy: "see the manual for 'redirect'")
            return
        }
        note(reader)
        noteOrder(.redirect)
        let keyword = word(reader.index)
        guard keyword == "if" || keyword == "unless" else { return }
        let place: SamplePlace = draft.hasFrontend ? .frontendRequest : .backendRequest
        _ = condition(from: reader.index + 1, at: .init(place)) { message, proxy in
            "error detected in \(proxy) while parsing redirect rule : error in condition: \(message)"
        }
    }

    /// `http-error status <code> …`
    private mutating func checkHTTPError() {
        guard let draft else { return }
        var reader = RuleReader(Array(words(from: 0)), from: 1, in: draft, places: .init(rawValue: .max), surroundings)
        if let problem = reader.pageProblem() {
            error(at: reader.index, problem, remedy: "see the manual for 'http-error'")
            return
        }
        for warning in reader.warnings { warn(at: 1, warning, remedy: "remove it") }
        if draft.kind != .defaults {
            for section in reader.errorSections { draft.errorFiles.append((section.name, position(section.index))) }
        }
    }

    private mutating func warnOfDescription() {
        guard word(2).isEmpty, model.global.description == nil else { return }
        let message = "'show-desc' requires a parameter or 'desc' to be set in the global section."
        warn(at: 1, message, remedy: "write a text behind it")
    }

    private mutating func checkCapture() {
        let hasLength = word(word(1) == "cookie" ? 3 : 4) == "len" && Self.number(word(word(1) == "cookie" ? 4 : 5)) > 0
        let message: String
        switch word(1) {
        case "cookie": message = "'capture' expects 'cookie' <cookie_name> 'len' <len>"
        case "request" where word(2) == "header", "response" where word(2) == "header":
            message = "'capture \(word(1))' expects 'header' <header_name> 'len' <len>"
        default:
            error(
                at: 1,
                "'capture' expects 'cookie' or 'request header' or 'response header'.",
                remedy: "write one of these"
            )
            return
        }
        guard hasLength else {
            error(at: argumentCount + 1, message, remedy: "write a name and a length")
            return
        }
        if word(1) == "request" { draft?.captures.request += 1 }
        if word(1) == "response" { draft?.captures.response += 1 }
    }

    private mutating func checkDeclare() {
        let message: String
        if word(1) != "capture" {
            message = "'declare' needs a second keyword that specify the type of declaration ('capture')"
        } else if word(2) != "request", word(2) != "response" {
            message = "'declare capture' requires a direction ('request' or 'response')"
        } else if word(3) != "len" || Self.number(word(4)) <= 0 {
            message = "'declare capture' requires a capture length ('len')"
        } else {
            if word(2) == "request" {
                draft?.frontend.rules.captureCount += 1
                draft?.captures.request += 1
            } else {
                draft?.captures.response += 1
            }
            return
        }
        error(at: argumentCount + 1, message, remedy: "write declare capture request len 64")
    }

    private mutating func checkMonitor() {
        guard word(1) == "fail" else {
            error(at: 1, "'monitor' only supports 'fail'.", remedy: "write monitor fail")
            return
        }
        guard word(2) == "if" || word(2) == "unless" else {
            let message = "'monitor fail' requires either 'if' or 'unless' followed by a condition."
            error(at: 2, message, remedy: "write a condition")
            return
        }
        noteOrder(.monitor)
        _ = condition(from: 3) { message, _ in
            "error detected while parsing a 'monitor fail' condition : \(message)"
        }
    }

    /// `filter <name> …`
    mutating func checkFilter() {
        let name = word(1)
        let problem: String?
        switch name {
        case "": problem = "missing argument for 'filter' in \(proxyLabel)"
        case "trace", "compression": problem = nil
        case "cache":
            let place = position(2)
            let cache = word(2)
            draft?.caches.append((cache, place))
            problem = cache.isEmpty ? "'filter' : ''cache' : cache name not specified'" : nil
        case "spoe", "opentracing":
            let index = words(from: 0).firstIndex(of: "config").map { $0 - first + 1 }
            let path = index.map { word($0) } ?? ""
            if path.isEmpty {
                problem = "'filter' : ''\(name)' : missing config file'"
            } else if !surroundings.hasFile(path) {
                problem = "'filter' : 'Could not open configuration file \(path) : No such file or directory'"
            } else {
                problem = nil
                draft?.hasForeignFilter = true
            }
        case "fcgi-app":
            let place = position(2)
            let application = word(2)
            draft?.applications.append((application, place))
            problem = nil
        default: problem = "'filter' : unknown keyword '\(name)'. Registered keywords :"
        }
        if let problem { error(at: 1, problem, remedy: "see section 9 of the manual for filters") }
    }
}
