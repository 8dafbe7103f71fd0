import Diagnostics

extension Checker {
    /// `tcp-request {inspect-delay|connection|session|content} …`
    mutating func checkTCPRequest() {
        let kind = word(1)
        let place = draft?.kind == .defaults ? "defaults section" : proxyLabel
        switch kind {
        case "inspect-delay": checkInspectDelay()
        case "connection", "session":
            guard draft?.kind != .backend else {
                error(
                    at: 0,
                    "tcp-request \(kind) is not allowed because \(proxyLabel.replacing("'", with: "")) is not a frontend",
                    remedy: "move the line to a frontend"
                )
                return
            }
            checkRule(kind == "connection" ? .connection : .session, at: 2)
        case "content": checkRule(.content, at: 2)
        case "": error(at: 1, "missing argument for 'tcp-request' in \(place)", remedy: "write a rule")
        default:
            error(
                at: 1,
                "'tcp-request' expects 'inspect-delay', 'connection', or 'content' in \(place) (got '\(kind)')",
                remedy: "write one of these"
            )
        }
    }

    /// `tcp-response {inspect-delay|content} …`
    mutating func checkTCPResponse() {
        let kind = word(1)
        switch kind {
        case "inspect-delay", "content":
            guard draft?.kind != .frontend else {
                error(
                    at: 0,
                    "tcp-response \(kind) is only allowed in 'backend' sections or 'defaults' section with a name",
                    remedy: "move the line to a backend"
                )
                return
            }
            if kind == "content" { checkRule(.responseContent, at: 2) } else { checkInspectDelay() }
        case "": error(at: 1, "missing argument for 'tcp-response' in \(proxyLabel)", remedy: "write a rule")
        default:
            error(
                at: 1,
                "'tcp-response' expects 'inspect-delay' or 'content' in \(proxyLabel) (got '\(kind)')",
                remedy: "write one of these"
            )
        }
    }

    private mutating func checkInspectDelay() {
        let message = "'\(word(0)) inspect-delay' expects a positive delay in milliseconds, in \(proxyLabel)"
        do throws(TimeText.Failure) {
            let time = try TimeText.milliseconds(word(2))
            // 0 is none.
            let delay = time > 0 ? time : nil
            if word(0) == "tcp-request" {
                draft?.frontend.rules.inspectDelay = delay
                draft?.backend.rules.inspectDelay = delay
            } else {
                draft?.frontend.rules.responseDelay = delay
                draft?.backend.rules.responseDelay = delay
            }
        } catch {
            let detail =
                if case .unexpected(let character) = error { " (unexpected character '\(character)')" } else { "" }
            self.error(at: 2, message + detail, remedy: "write a time such as 5s")
        }
    }

    /// `frontend 'f'`
    var proxyLabel: String { "\(draft?.proxyKind ?? "") '\(draft?.name ?? "")'" }

    /// One rule: an action with its arguments, and perhaps a condition.
    ///
    /// - Parameter isOrdered: Its place among the rules of the proxy matters.
    mutating func checkRule(_ set: RuleSet, at index: Int, isOrdered: Bool = true) {
        guard let draft else { return }
        let name = word(index)
        let base = String(name.prefix { $0 != "(" })
        guard let action = RuleAction.all[base], action.sets.contains(set.rawValue) else {
            refuseAction(set, name, base, at: index, isKnown: RuleAction.all[base] != nil)
            return
        }
        if base == "normalize-uri", !model.global.allowsExperimental {
            let problem =
                "'\(base)' action is experimental, must be allowed via a global 'expose-experimental-directives'"
            error(at: index, problem, remedy: "remove the line")
            return
        }
        let isDefaults = draft.kind == .defaults
        var reader = RuleReader(
            Array(words(from: 0)),
            from: index + 1,
            in: draft,
            places: set.places(
                hasFrontend: isDefaults || draft.hasFrontend,
                hasBackend: isDefaults || draft.hasBackend
            ),
            surroundings
        )
        do throws(RuleReader.Failure) {
            try reader.read(action, name)
        } catch {
            self.error(at: error.index, introduced(error.message, set, name), remedy: "see the manual for '\(base)'")
            return
        }
        for warning in reader.warnings { warn(at: index, warning, remedy: "remove it") }
        if base == "capture", !set.isHTTP, draft.kind == .backend {
            let problem = "proxy '\(draft.name)' has no frontend capability"
            error(at: index, introduced(problem, set, name), remedy: "move the line to a frontend")
            return
        }
        if isOrdered, let order = set.order { noteOrder(order) }
        note(reader)
        noteNames(reader, of: set, base, at: index)
        guard let condition = ruleCondition(set, name, at: reader.index), !set.isHTTP else { return }
        take(reader, name, set, condition, from: index + 1)
    }

    /// Keeps a rule to be followed; one that cannot be makes a quarantined proxy.
    private mutating func take(
        _ reader: RuleReader,
        _ name: String,
        _ set: RuleSet,
        _ parsed: ConditionParser.Parsed,
        from first: Int
    ) {
        guard let draft else { return }
        if let reason = parsed.quarantine {
            draft.quarantine.append("'\(set.label) \(name)' : \(reason)")
            return
        }
        do throws(NotAnswered) {
            var action = try reader.action(name, from: first)
            if case .capture(let expression, _, let length) = action {
                action = .capture(expression, slot: draft.frontend.rules.captureCount, length: length)
                draft.frontend.rules.captureCount += 1
            }
            let rule = ConnectionRule(action, condition: parsed.condition, position: placeInSection(0))
            if draft.kind != .backend { draft.frontend.rules.add(rule, to: set) }
            if draft.kind != .frontend { draft.backend.rules.add(rule, to: set) }
        } catch {
            draft.quarantine.append("'\(set.label) \(name)' : \(error.reason)")
        }
    }

    private func introduced(_ message: String, _ set: RuleSet, _ name: String) -> String {
        if set.isHTTP {
            return "error detected in \(proxyLabel) while parsing '\(set.label) \(name)' rule : \(message)."
        }
        if name.hasPrefix("expect-") {
            return "'\(set.label) \(name)' " + message.replacing(" (got", with: " in \(proxyLabel) (got")
        }
        return name.hasPrefix("capture") || name.hasPrefix("track-sc") ? "'\(set.label) \(name)' : \(message)" : message
    }

    private mutating func refuseAction(_ set: RuleSet, _ name: String, _ base: String, at index: Int, isKnown: Bool) {
        let similar =
            name.isEmpty
            ? nil : WordFingerprint.nearest(name, in: set.actionNames, beginnings: set.actionBeginnings)
        let question = similar.map { " Did you mean '\($0)' maybe ?" } ?? ""
        let message: String
        if base.hasPrefix("track-sc"), let number = Int(base.dropFirst(8)), number > 2, set.tracks {
            let problem = "\(number) track-sc number exceeding 2 (MAX_SESS_STKCTR-1) value"
            message = introduced(problem, set, base)
        } else if isKnown, set == .connection || set == .session || set == .content,
            base == "capture" || base.hasPrefix("expect-")
        {
            message = "'\(base) \(word(index + 1))' is not allowed in '\(set.label)' rules in \(proxyLabel)"
        } else if set.isHTTP {
            let end = name.isEmpty ? " (missing argument)." : ".\(question)"
            message = "'\(set.label)' expects \(set.expected), but got '\(name)'\(end)"
        } else {
            message = "'\(set.label)' expects \(set.expected) in \(proxyLabel) (got '\(name)').\(question)"
        }
        error(at: index, message, remedy: similar.map { "write '\($0)'" } ?? "write an action of '\(set.label)'")
    }

    /// Keeps what can be judged only when the whole file is read.
    mutating func note(_ reader: RuleReader) {
        for reference in reader.references {
            draft?.references.append(.init(reference, in: "\(word(0)) expression", at: position(0)))
        }
        for format in reader.formats {
            draft?.formats.append(
                .init(text: format.text, keyword: word(0), position: position(format.index), isRule: true)
            )
        }
    }

    /// The parts of the file and the places for captures that an action names.
    private mutating func noteNames(_ reader: RuleReader, of set: RuleSet, _ base: String, at index: Int) {
        guard let draft else { return }
        let place = position(0)
        for section in reader.errorSections { draft.answerFiles.append((section.name, place)) }
        switch base {
        case "cache-use", "cache-store": draft.caches.append((word(index + 1), place))
        case "send-spoe-group":
            let problem = "SPOE engine '\(word(index + 1))' used by the send-spoe-group '\(word(index + 2))'."
            draft.neededFilters.append((problem, place))
        case "ot-group":
            let problem = "the OpenTracing filter '\(word(index + 1))' used by the ot-group '\(word(index + 2))'."
            draft.neededFilters.append((problem, place))
        case "capture":
            if reader.captureLength != nil { draft.captures.request += 1 }
            if let number = reader.capturePlace { draft.capturePlaces.append((number, set, place)) }
        default: break
        }
    }

    /// Whether a rule holds for whoever comes to it; nil if that cannot be read.
    private mutating func ruleCondition(_ set: RuleSet, _ name: String, at index: Int) -> ConditionParser.Parsed? {
        let keyword = word(index)
        guard !keyword.isEmpty else { return ConditionParser.Parsed(condition: .always) }
        guard keyword == "if" || keyword == "unless" else {
            error(
                at: index,
                set.isHTTP
                    ? "'\(set.label) \(name)' expects either 'if' or 'unless' followed by a condition but found '\(keyword)'."
                    : "'\(set.label) \(name)' only accepts 'if' or 'unless', in \(proxyLabel) (got '\(keyword)')",
                remedy: "write if or unless before the condition"
            )
            return nil
        }
        let label = "\(set.label) \(name)"
        let places = set.warningPlaces(
            hasFrontend: draft?.kind == .defaults || draft?.hasFrontend == true,
            hasBackend: draft?.kind == .defaults || draft?.hasBackend == true
        )
        let isRedirect = name == "redirect"
        var parsed = condition(from: index + 1, at: places, of: set.isHTTP ? nil : set.label) { message, proxy in
            if isRedirect {
                return "error detected in \(proxy) while parsing '\(label)' rule : error in condition: \(message)"
            }
            return set.isHTTP
                ? "error detected while parsing an '\(label)' condition : \(message)"
                : "'\(label)' : error detected in \(proxy) while parsing '\(keyword)' condition : \(message)"
        }
        if let condition = parsed?.condition, keyword == "unless" { parsed?.condition = .not(condition) }
        return parsed
    }

    /// Reads a condition; complains in the words that `introduced` makes of HAProxy's and the proxy's name.
    ///
    /// - Parameters:
    ///   - places: Where it is asked; nil: HAProxy does not mind what it asks for.
    ///   - rule: `tcp-request content`; nil for what is none of these.
    mutating func condition(
        from index: Int,
        at places: SamplePlace.Set? = nil,
        of rule: String? = nil,
        _ introduced: (String, String) -> String
    ) -> ConditionParser.Parsed? {
        do throws(ConditionParser.Failure) {
            let words = words(from: index)
            guard let draft else { return nil }
            var references: [SampleExpression.Reference] = []
            draft.conditions.line = placeInSection(0).line
            let parsed = try draft.conditions.parse(words, at: places, surroundings, &references)
            let place = position(0)
            warnOfMissingPatterns(&references)
            draft.references += references.map { .init($0, isACL: true, in: "", at: place) }
            if let places, let conflict = parsed.conflict {
                warn(
                    at: index,
                    conflict.message(rule, places),
                    remedy: "ask where this is known, or for something else"
                )
            }
            return parsed
        } catch {
            self.error(at: index, introduced(error.message, proxyLabel), remedy: error.remedy)
            return nil
        }
    }
}

extension ConnectionRules {
    fileprivate mutating func add(_ rule: ConnectionRule, to set: RuleSet) {
        switch set {
        case .connection: connection.append(rule)
        case .session: session.append(rule)
        case .content: content.append(rule)
        case .responseContent: response.append(rule)
        case .request, .response, .afterResponse: break
        }
    }
}
