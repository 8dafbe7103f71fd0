/// What rules answer by themselves.
extension RuleReader {
    /// `deny_status 429`, `status 200 content-type text/plain lf-string "…" hdr a b`
    mutating func answer(_ base: String) throws(Failure) {
        var body: String?
        var isEmpty = false
        var isShort = false
        var type: String?
        var hasHeader = false
        var status: Int?
        defer { noteIgnored(body, type, hasHeader) }
        while !word.isEmpty, word != "if", word != "unless" {
            let name = word
            switch name {
            case "status", "deny_status", "content-type", "errorfiles", "errorfile", "file", "lf-file", "string",
                "lf-string", "default-errorfiles", "hdr":
                break
            default:
                return try finish(body ?? (isShort ? "default-errorfiles" : nil), isEmpty, type != nil, status)
            }
            index += 1
            switch name {
            case "status", "deny_status":
                guard !word.isEmpty else { throw failure("'status' expects <status_code> as argument") }
                let number = Checker.number(word)
                guard (200...599).contains(number) else { throw failure("Unexpected status code '\(number)'") }
                status = number
                answerStatus = number
                isShort = name == "deny_status"
            case "content-type":
                guard !word.isEmpty else { throw failure("'content-type' expects <ctype> as argument") }
                (type, isShort) = (word, false)
            case "errorfiles", "errorfile", "file", "lf-file", "string", "lf-string":
                if let body { throw failure("unexpected '\(name)' argument, '\(body)' already defined") }
                let what =
                    switch name {
                    case "errorfiles": "<name>"
                    case "lf-string", "errorfile": "<fmt>"
                    case "string": "<str>"
                    default: "<file>"
                    }
                guard !word.isEmpty else { throw failure("'\(name)' expects \(what) as argument") }
                body = name
                if name.hasSuffix("file"), !surroundings.hasFile(word) {
                    throw failure("error opening file '\(word)'" + (name == "errorfile" ? "." : ""))
                }
                if name == "file" { isEmpty = surroundings.isEmptyFile(word) }
                if name == "errorfiles" { errorSections.append((word, index)) }
                if name == "lf-string" {
                    try format()
                    continue
                }
            case "default-errorfiles":
                if let body { throw failure("unexpected '\(name)' argument, '\(body)' already defined") }
                body = name
                continue
            default:
                index += 1
                guard !word.isEmpty else { throw failure("'hdr' expects <name> and <value> as arguments") }
                (isShort, hasHeader) = (false, true)
                try format()
                continue
            }
            index += 1
        }
        // By itself it means the page that there is for the code; behind `status` there need not be one.
        try finish(body ?? (isShort ? "default-errorfiles" : nil), isEmpty, type != nil, status)
    }

    /// What HAProxy warns of in an answer: it takes no part of a page but the whole.
    private mutating func noteIgnored(_ body: String?, _ type: String?, _ hasHeader: Bool) {
        let isPage = body.map { $0.hasPrefix("errorfile") || $0 == "default-errorfiles" } ?? false
        if let type, isPage || body == nil {
            let why = isPage ? "when used with an erorrfile." : "because neither errorfile nor payload defined."
            warnings.append("content-type '\(type)' ignored by the http reply \(why)")
        }
        if isPage, hasHeader {
            warnings.append("hdr parameters ignored by the http reply when used with an erorrfile.")
        }
    }

    /// What is wrong with `http-error status <code> …`, in HAProxy's words.
    mutating func pageProblem() -> String? {
        do throws(Failure) {
            try answer("http-error")
        } catch {
            return "http-error : \(error.message)"
        }
        guard let status = answerStatus else { return "http-error : expects at least a <status> as arguments." }
        guard word.isEmpty else { return "http-error : unknown keyword '\(word)'." }
        return PassiveRules.statusCodes.contains(String(status))
            ? nil : "http-error: status code '\(status)' not handled."
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
        if isDefault, let status = status ?? (words.first == "http-error" ? 0 : nil),
            !PassiveRules.statusCodes.contains(String(status)), ![421, 422].contains(status)
        {
            throw failure("status code '\(status)' not handled by default with 'default-errorfiles' argument.")
        }
    }

    /// `location <format> [code N] [drop-query] …`
    mutating func redirect() throws(Failure) {
        // The line `redirect` takes a text as it is.
        let isRule = words.first != "redirect"
        var target: String?
        while !word.isEmpty, word != "if", word != "unless" {
            let name = word
            switch name {
            case "location", "prefix", "scheme":
                index += 1
                guard !word.isEmpty else { throw failure("missing argument for '\(name)'") }
                target = name
                if isRule {
                    try format()
                    continue
                }
            case "code":
                index += 1
                guard !word.isEmpty else { throw failure("missing argument for '\(name)'") }
                guard [301, 302, 303, 307, 308].contains(Checker.number(word)) else {
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
        guard let target else { throw failure("redirection type expected ('prefix', 'location', or 'scheme')") }
        guard words.first != "http-response" || target == "location" else {
            throw failure("response only supports redirect type 'location'")
        }
    }
}
