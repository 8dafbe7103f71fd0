internal import Patterns

/// Reads the words of one rule and says what is wrong with them, in HAProxy's words where it has any.
struct RuleReader {
    struct Failure: Error {
        var message: String
        /// Index of the word it is about.
        var index: Int
    }

    let words: [String]
    var index: Int
    /// The proxy that the rule stands in; nil for what is of the process.
    let proxy: ProxyDraft?
    let places: SamplePlace.Set
    let surroundings: Surroundings
    var references: [SampleExpression.Reference] = []
    /// Texts that are log formats, and right.
    var formats: [(text: String, index: Int)] = []
    private(set) var expressions: [SampleExpression] = []
    /// Names of `http-errors` sections, and where they stand.
    var errorSections: [(name: String, index: Int)] = []
    /// What is right and in vain.
    var warnings: [String] = []
    /// The code that an answer has.
    var answerStatus: Int?
    /// `len` or `id` of `capture` with its number.
    var captureLength: Int?
    var capturePlace: Int?

    init(
        _ words: [String],
        from index: Int,
        in proxy: ProxyDraft?,
        places: SamplePlace.Set,
        _ surroundings: Surroundings
    ) {
        self.words = words
        self.index = index
        self.proxy = proxy
        self.places = places
        self.surroundings = surroundings
    }

    var word: String { index < words.count ? words[index] : "" }

    mutating func read(_ action: RuleAction, _ name: String) throws(Failure) {
        let base = name.prefix { $0 != "(" }
        let inside =
            name.utf8.count > base.utf8.count && name.hasSuffix(")")
            ? String(name.dropFirst(base.count + 1).dropLast()) : nil
        try read(action.parentheses, String(base), inside)
        if base == "use-service" {
            let isKnown = word == "prometheus-exporter" && words.first == "http-request"
            if word.isEmpty {
                throw failure("'\(words.first == "http-request" ? String(base) : words[0])' expects a service name.")
            }
            if !isKnown, word == "prometheus-exporter" {
                throw failure("Prometheus exporter service only available on 'http-request' rulesets")
            }
            if !isKnown {
                throw failure("'\(words.first == "http-request" ? word : words[1])' unknown service name.")
            }
        }
        if let usage = action.usage {
            let next = index + usage.count
            let isShort = next > words.count || words[index..<next].contains("")
            let isLong = usage.isAll && next < words.count && !Self.beginsCondition(words[next])
            if isShort || isLong { throw failure(usage.text) }
        }
        if base == "do-resolve" {
            do throws(Failure) { try expression(String(base)) } catch { throw unresolvable(word) }
            return
        }
        for argument in action.arguments { try read(argument, String(base)) }
    }

    func failure(_ message: String) -> Failure { Failure(message: message, index: index) }

    static func beginsCondition(_ word: String) -> Bool { word == "if" || word == "unless" }

    private func unresolvable(_ text: String) -> Failure {
        failure(
            "Can't parse '\(text)'. Expects 'do-resolve(<varname>,<resolvers>[,<options>]) <expr>'. Available options are "
                + "'ipv4' and 'ipv6'"
        )
    }

    private mutating func read(_ parentheses: RuleAction.Parentheses, _ base: String, _ inside: String?) throws(Failure)
    {
        switch parentheses {
        case .none:
            guard inside == nil else { throw failure("the action '\(base)' takes nothing in parentheses") }
        case .variable:
            guard let inside else {
                throw failure(
                    "invalid or incomplete action '\(base)'. Expects 'set-var(<var-name>)', 'set-var-fmt(<var-name>)' or "
                        + "'unset-var(<var-name>)'"
                )
            }
            let name = inside.split(separator: ",", omittingEmptySubsequences: false).first.map { String($0) } ?? ""
            if let problem = SampleArguments.problem(scopeOf: name) { throw failure(problem) }
            if base == "unset-var", inside.utf8.count > name.utf8.count {
                throw failure(
                    "unset-var does not expect parameters after the variable name. Only \"set-var\" and \"set-var-fmt\" "
                        + "manage conditions"
                )
            }
            let conditions = inside.dropFirst(name.count + 1).split(separator: ",").map { String($0) }
            if let problem = SampleArguments.problem(conditions: conditions) { throw failure(problem) }
            // HAProxy shows what is left of the action from there on.
            if let strange = SampleArguments.strange(inVariable: name) {
                let rest = String(decoding: inside.utf8.dropFirst(strange), as: UTF8.self)
                throw failure("invalid syntax at char '\(rest))'")
            }
        case .counters(let count): if let problem = counterProblem(base, inside, count) { throw failure(problem) }
        // HAProxy takes it without one.
        case .file: break
        case .resolution:
            let parts = (inside ?? "").split(separator: ",").map { String($0) }
            guard parts.count == 2 || (parts.count == 3 && ["ipv4", "ipv6"].contains(parts[2])) else {
                throw unresolvable(base + (inside.map { "(\($0))" } ?? ""))
            }
            references.append(.init(type: "resolvers", name: parts[1], keyword: base))
        }
    }

    private mutating func read(_ argument: RuleAction.Argument, _ base: String) throws(Failure) {
        switch argument {
        case .expression: try expression(base)
        case .format:
            // HAProxy 2.6 takes set-var-fmt without one.
            if word.isEmpty { return }
            try format()
        case .word:
            guard !word.isEmpty, !Self.beginsCondition(word) else { throw failure("'\(base)' expects an argument") }
            index += 1
        case .text(let missing):
            guard !word.isEmpty else { throw failure(missing) }
            index += 1
        case .name(let missing):
            guard !word.isEmpty, !Self.beginsCondition(word) else { throw failure(missing) }
            index += 1
        case .regex:
            if let problem = RegexText.problem(word) {
                throw failure(RuleAction.all[base]?.sets == "q" ? "failed to parse the regex : \(problem)" : problem)
            }
            index += 1
        case .integer:
            guard !word.isEmpty else { throw failure("expects exactly 1 argument (integer value)") }
            index += 1
        case .mark:
            guard !word.isEmpty else { throw failure("expects exactly 1 argument (integer/hex value)") }
            let rest = CNumber(word).rest
            guard rest.isEmpty else {
                throw failure("invalid character starting at '\(rest)' (integer/hex value expected)")
            }
            index += 1
        case .value:
            if word.isEmpty, base.hasPrefix("sc-") { return }
            if (try? TimeText.milliseconds(word)) != nil { index += 1 } else { try expression(base) }
        case .choice(let words):
            guard words.contains(word) else { throw failure(Self.message(base, words, word)) }
            index += 1
        case .option(let name, let arguments): try option(name, arguments, base)
        case .answer: try answer(base)
        case .redirect: try redirect()
        case .capture: try capture(base)
        case .headerMatch: try headerMatch()
        case .bodyWait: try bodyWait()
        case .timeout: try timeout(base)
        case .status: try status()
        }
    }

    /// A log format, where HAProxy reads it with the line.
    mutating func format() throws(Failure) {
        // What its samples ask for is noted when all sections are known.
        var findings = LogFormatText.Findings()
        let isHTTP = proxy.map { $0.mode == .http } ?? true
        if let problem = LogFormatText.problem(word, isHTTP: isHTTP, places: places, surroundings, &findings) {
            throw failure(problem)
        }
        formats.append((word, index))
        index += 1
    }

    private static func message(_ base: String, _ words: [String], _ got: String) -> String {
        switch base {
        case "set-log-level": "expects exactly 1 argument (log level name or 'silent')"
        case "switch-mode" where got.isEmpty: "'tcp-request switch-mode' expects a mode as argument"
        case "switch-mode": "'tcp-request switch-mode' expects a valid mode (got '\(got)')"
        case "strict-mode": "Unexpected value '\(got)'. Only 'on' and 'off' are supported"
        default: "only supports \(words.map { "'\($0)'" }.joined(separator: ", ")) (got '\(got)')"
        }
    }

    mutating func expression(_ base: String) throws(Failure) {
        // Converters may be words of their own.
        let (text, end) = SampleExpression.words(words, from: index)
        let expression: SampleExpression
        do throws(SampleExpression.Failure) {
            expression = try SampleExpression(text, surroundings: surroundings)
        } catch {
            throw failure(error.message)
        }
        guard !expression.places.isDisjoint(with: places(base)) else {
            let source = SampleSources.label(expression.fetch.name)
            throw failure(
                "fetch method '\(blamed(base))' extracts information from '\(source)', none of which is available here"
            )
        }
        references += expression.references
        expressions.append(expression)
        index = end
    }

    /// Where HAProxy takes the rule for: `set-src` and its like are those of `http-request` everywhere.
    private func places(_ base: String) -> SamplePlace.Set {
        guard base.hasPrefix("set-src") || base.hasPrefix("set-dst") else { return places }
        let frontend = SamplePlace.Set(rawValue: 1 << UInt32(SamplePlace.backendContent.rawValue) - 1)
        return places.isDisjoint(with: frontend) ? .init(.backendRequest) : .init(.frontendRequest)
    }

    /// What HAProxy names where an expression is in the wrong place: not in all rules the expression.
    private func blamed(_ base: String) -> String {
        switch base {
        case "set-var": index > 0 ? words[index - 1] : word
        case "set-priority-class", "set-priority-offset": words.first ?? word
        default: word
        }
    }

    private mutating func option(_ name: String, _ arguments: [RuleAction.Argument], _ base: String) throws(Failure) {
        guard word == name else {
            if name == "table" { references.append(.init(type: "table", name: "", keyword: base)) }
            return
        }
        index += 1
        if name == "table", !word.isEmpty { references.append(.init(type: "table", name: word, keyword: base)) }
        for argument in arguments { try read(argument, base) }
    }
}
