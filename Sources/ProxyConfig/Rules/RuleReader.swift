/// Reads the words of one rule and says what is wrong with them, in HAProxy's words where it has any.
struct RuleReader {
    struct Failure: Error {
        var message: String
        /// Index of the word it is about.
        var index: Int
    }

    let words: [String]
    private(set) var index: Int
    let places: SamplePlace.Set
    let surroundings: Surroundings
    private(set) var references: [SampleExpression.Reference] = []
    /// Texts that are log formats: they are read when the proxy's mode is known.
    private(set) var formats: [(text: String, index: Int)] = []
    private(set) var expressions: [SampleExpression] = []

    init(_ words: [String], from index: Int, places: SamplePlace.Set, _ surroundings: Surroundings) {
        self.words = words
        self.index = index
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
            if word.isEmpty { throw failure("'\(words.first ?? "")' expects a service name") }
            if !isKnown {
                throw failure("'\(words.first == "http-request" ? word : words[1])' unknown service name.")
            }
        }
        for argument in action.arguments { try read(argument, String(base)) }
        if base == "capture", !isCaptureComplete { throw failure("a positive 'len' argument is mandatory") }
    }

    /// Whether a `len` or an `id` was there; nothing else can be left to read.
    private var isCaptureComplete = true

    private func failure(_ message: String) -> Failure { Failure(message: message, index: index) }

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
        case .counters(let count):
            let numbers = (inside ?? "0").split(separator: ",").map { Int($0) }
            let kind = base.contains("gpt") ? "gpt" : "gpc"
            guard numbers.count == count || inside == nil else {
                throw failure(
                    "Missing \(kind) ID '\(base)(\(inside ?? ""))'. Expects \(base)(<\(kind.uppercased()) ID>,<Track ID>)"
                )
            }
            guard !numbers.contains(nil) else {
                throw failure("invalid stick table track ID. Expects \(base)(\(inside ?? ""))(<Track ID>)")
            }
            if let last = numbers.last ?? nil, last > 2 {
                throw failure("invalid stick table track ID. The max allowed ID is 2")
            }
        case .file:
            guard let inside, !inside.isEmpty else { throw failure("'\(base)' expects a file in parentheses") }
        case .resolution:
            let parts = (inside ?? "").split(separator: ",").map { String($0) }
            guard parts.count == 2 || (parts.count == 3 && ["ipv4", "ipv6"].contains(parts[2])) else {
                throw failure(
                    "Can't parse '\(base)'. Expects 'do-resolve(<varname>,<resolvers>[,<options>]) <expr>'. Available options "
                        + "are 'ipv4' and 'ipv6'"
                )
            }
            references.append(.init(type: "resolvers", name: parts[1], keyword: base))
        }
    }

    private mutating func read(_ argument: RuleAction.Argument, _ base: String) throws(Failure) {
        switch argument {
        case .expression: try expression(base)
        case .format:
            guard !word.isEmpty, word != "if", word != "unless" else {
                // HAProxy 2.6 takes it without one.
                if base == "set-var-fmt" { return }
                throw failure("'\(base)' expects a log-format string")
            }
            if base == "set-var-fmt" {
                // They are noted when the proxy's mode is known.
                var findings = LogFormatText.Findings()
                let problem = LogFormatText.problem(word, isHTTP: true, places: places, surroundings, &findings)
                if let problem { throw failure(problem) }
            }
            formats.append((word, index))
            index += 1
        case .word:
            guard !word.isEmpty, word != "if", word != "unless" else { throw failure("'\(base)' expects an argument") }
            index += 1
        case .integer:
            guard !word.isEmpty else { throw failure("expects exactly 1 argument (integer value)") }
            index += 1
        case .mark:
            guard !word.isEmpty else { throw failure("expects exactly 1 argument (integer/hex value)") }
            let isHexadecimal = word.hasPrefix("0x") && UInt32(word.dropFirst(2), radix: 16) != nil
            guard isHexadecimal || UInt32(word) != nil else {
                throw failure("invalid character starting at '\(word)' (integer/hex value expected)")
            }
            index += 1
        case .time:
            guard (try? TimeText.milliseconds(word)) != nil else { throw failure("'\(base)' expects a time") }
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
        }
    }

    private static func message(_ base: String, _ words: [String], _ got: String) -> String {
        switch base {
        case "set-log-level": "expects exactly 1 argument (log level name or 'silent')"
        case "switch-mode" where got.isEmpty: "'tcp-request switch-mode' expects a mode as argument"
        case "switch-mode": "'tcp-request switch-mode' expects a valid mode (got '\(got)')"
        default: "only supports \(words.map { "'\($0)'" }.joined(separator: ", ")) (got '\(got)')"
        }
    }

    private mutating func expression(_ base: String) throws(Failure) {
        guard word != "if", word != "unless" else { throw failure("missing fetch method") }
        // Converters may be words of their own.
        let start = index
        var text = word
        index += 1
        while word.hasPrefix(",") {
            text += word
            index += 1
        }
        let end = index
        index = start
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
            if name == "len" { isCaptureComplete = false }
            if name == "table" { references.append(.init(type: "table", name: "", keyword: base)) }
            return
        }
        index += 1
        if name == "len" {
            guard let length = Int(word), length > 0 else { throw failure("length must be > 0") }
        }
        if name == "id", words.first?.hasPrefix("http-") == true { isCaptureComplete = true }
        if name == "table", !word.isEmpty { references.append(.init(type: "table", name: word, keyword: base)) }
        for argument in arguments { try read(argument, base) }
    }

    /// `deny_status 429`, `status 200 content-type text/plain lf-string "…" hdr a b`
    private mutating func answer(_ base: String) throws(Failure) {
        var body: String?
        var isEmpty = false
        var isShort = false
        var hasType = false
        var status: Int?
        while !word.isEmpty, word != "if", word != "unless" {
            let name = word
            switch name {
            case "status", "deny_status", "content-type", "errorfiles", "errorfile", "file", "lf-file", "string",
                "lf-string", "default-errorfiles", "hdr":
                break
            default:
                return try finish(body ?? (isShort ? "default-errorfiles" : nil), isEmpty, hasType, status)
            }
            index += 1
            switch name {
            case "status", "deny_status":
                guard !word.isEmpty else { throw failure("'status' expects <status_code> as argument") }
                let number = Checker.number(word)
                guard (200...599).contains(number) else { throw failure("Unexpected status code '\(number)'") }
                status = number
                isShort = name == "deny_status"
            case "content-type":
                guard !word.isEmpty else { throw failure("'content-type' expects <ctype> as argument") }
                (hasType, isShort) = (true, false)
            case "errorfiles", "errorfile", "file", "lf-file", "string", "lf-string":
                if let body { throw failure("unexpected '\(name)' argument, '\(body)' already defined") }
                let what =
                    name == "errorfiles"
                    ? "<name>" : name == "lf-string" ? "<fmt>" : name == "string" ? "<str>" : "<file>"
                guard !word.isEmpty else { throw failure("'\(name)' expects \(what) as argument") }
                body = name
                if name.hasSuffix("file"), !surroundings.hasFile(word) {
                    throw failure("error opening file '\(word)'" + (name == "errorfile" ? ".." : ""))
                }
                if name == "file" { isEmpty = surroundings.isEmptyFile(word) }
                if name == "lf-string" { formats.append((word, index)) }
            case "default-errorfiles":
                if let body { throw failure("unexpected '\(name)' argument, '\(body)' already defined") }
                body = name
                continue
            default:
                index += 1
                guard !word.isEmpty else { throw failure("'hdr' expects <name> and <value> as arguments") }
                formats.append((word, index))
                isShort = false
            }
            index += 1
        }
        // By itself it means the page that there is for the code; behind `status` there need not be one.
        try finish(body ?? (isShort ? "default-errorfiles" : nil), isEmpty, hasType, status)
    }

    /// What the parts of an answer ask of each other.
    private func finish(
        _ body: String?,
        _ isEmpty: Bool,
        _ hasType: Bool,
        _ status: Int?
    ) throws(Failure) {
        let isText = body.map { $0.hasSuffix("string") || $0 == "file" || $0 == "lf-file" } ?? false
        if isText, !hasType, !isEmpty {
            if body?.hasPrefix("lf-") == true {
                throw failure("a content type must be defined with a log-format payload")
            }
            throw failure("a content type must be defined when non-empty payload is configured")
        }
        let isDefault = body == "default-errorfiles"
        if isDefault, let status, !PassiveRules.statusCodes.contains(String(status)), ![421, 422].contains(status) {
            throw failure("status code '\(status)' not handled by default with 'default-errorfiles' argument..")
        }
    }

    /// `location <format> [code N] [drop-query] …`
    mutating func redirect() throws(Failure) {
        var hasTarget = false
        while !word.isEmpty, word != "if", word != "unless" {
            let name = word
            switch name {
            case "location", "prefix", "scheme":
                index += 1
                guard !word.isEmpty else { throw failure("missing argument for '\(name)'") }
                formats.append((word, index))
                hasTarget = true
            case "code":
                index += 1
                guard let code = Int(word), [301, 302, 303, 307, 308].contains(code) else {
                    throw failure(
                        "'\(name)': unsupported HTTP code '\(word)' (must be one of 301, 302, 303, 307 or 308)"
                    )
                }
            case "set-cookie", "clear-cookie":
                index += 1
                guard !word.isEmpty else { throw failure("missing argument for '\(name)'") }
            case "drop-query", "append-slash", "ignore-empty": break
            default:
                throw failure(
                    "expects 'code', 'prefix', 'location', 'scheme', 'set-cookie', 'clear-cookie', 'drop-query', "
                        + "'ignore-empty' or 'append-slash' (was '\(name)')"
                )
            }
            index += 1
        }
        guard hasTarget else { throw failure("redirection type expected ('prefix', 'location', or 'scheme')") }
    }
}
