internal import Patterns

/// Reads the rules of `tcp-check` and `http-check` (configuration manual, section 4.2).
struct CheckRuleReader {
    let keyword: String
    /// The address of a `connect` rule without any name, once it is read.
    private(set) var words: [String]
    let surroundings: Surroundings
    private var index = 2

    init(_ words: [String], _ surroundings: Surroundings) {
        keyword = words.first ?? ""
        self.words = words
        self.surroundings = surroundings
    }

    private var word: String { index < words.count ? words[index] : "" }
    private var isHTTP: Bool { keyword == "http-check" }
    private var kind: String { words.count > 1 ? words[1] : "" }

    /// The problem in HAProxy's words; nil if the rule is right.
    mutating func problem() -> String? {
        switch kind.prefix(while: { $0 != "(" }) {
        case "comment": return word.isEmpty ? "'\(keyword) comment' : expects a string as argument." : nil
        case "connect": return introduced(connectProblem())
        case "send" where isHTTP: return introduced(requestProblem())
        case "send", "send-lf", "send-binary", "send-binary-lf": return introduced(sendProblem())
        case "expect": return introduced(expectProblem())
        case "disable-on-404" where isHTTP, "send-state" where isHTTP:
            return word.isEmpty ? nil : "'\(keyword)' cannot handle unexpected argument '\(word)'."
        case "set-var", "set-var-fmt", "unset-var": return variableProblem()
        default:
            let names =
                isHTTP
                ? "'disable-on-404', 'send-state', 'comment', 'connect', 'send', 'expect'"
                : "'comment', 'connect', 'send', 'send-binary', 'expect'"
            return
                "'\(keyword)' only supports \(names), 'set-var-fmt(*)', 'set-var(*)', 'unset-var(*)'. but got '\(kind)'"
        }
    }

    private func introduced(_ problem: String?) -> String? { problem.map { "'\(keyword) \(kind)' : \($0)." } }

    private mutating func connectProblem() -> String? {
        while !word.isEmpty {
            let option = word
            index += 1
            switch option {
            case "send-proxy", "via-socks4", "ssl", "linger", "default": continue
            case "port":
                if word.isEmpty { return "'port' expects a port number or a sample expression as argument." }
                if let port = Int(word) {
                    if !(1...65535).contains(port) {
                        return "expects a valid TCP port (from range 1 to 65535) or a sample expression, got \(port)."
                    }
                } else {
                    do throws(SampleExpression.Failure) {
                        _ = try SampleExpression(word, surroundings: surroundings)
                    } catch {
                        return "error detected while parsing port expression : \(error.message)"
                    }
                }
            case "addr":
                if word.isEmpty { return "'addr' expects <ipv4|ipv6> as argument." }
                do throws(AddressText.Failure) {
                    words[index] = "\(try AddressText(word, for: .check, resolve: surroundings.resolver).address)"
                } catch {
                    // Of ports HAProxy writes one full stop more.
                    let isOfPort =
                        error.message.contains(" not permitted here ") || error.message.hasPrefix("invalid port")
                    let end = isOfPort ? "." : ""
                    return "'addr' : \(error.message)\(end)"
                }
            case "alpn" where word.isEmpty: return "'alpn' : missing the comma-delimited ALPN protocol suite"
            case "proto" where word.isEmpty: return "'proto' expects a MUX protocol as argument."
            case "sni", "alpn", "comment":
                if word.isEmpty { return "'\(option)' expects a string as argument." }
            case "proto":
                let right = isHTTP ? ["h1", "h2", "fcgi"] : ["none"]
                if !["none", "h1", "h2", "fcgi"].contains(word) { return "'proto' : unknown MUX protocol '\(word)'." }
                if !right.contains(word) { return "'proto' : invalid MUX protocol '\(word)' for \(keyword)" }
            default:
                return
                    "expects 'comment', 'port', 'addr', 'send-proxy', 'ssl', 'sni', 'alpn' or 'via-socks4', 'linger', "
                    + "'default' but got '\(option)' as argument."
            }
            index += 1
        }
        return nil
    }

    private mutating func requestProblem() -> String? {
        while !word.isEmpty {
            let option = word
            index += 1
            switch option {
            case "meth", "uri", "uri-lf", "ver", "body", "body-lf", "comment":
                if word.isEmpty { return "'\(option)' expects a string as argument." }
                if option.hasSuffix("-lf"), let problem = formatProblem(word) { return problem }
            case "hdr":
                index += 1
                if word.isEmpty { return "'hdr' expects <name> and <value> as arguments" }
                if let problem = textProblem(word) { return problem }
            default:
                return
                    "expects 'comment', 'meth', 'uri', 'uri-lf', 'ver', 'hdr', 'body' or 'body-lf' but got '\(option)' as "
                    + "argument."
            }
            index += 1
        }
        return nil
    }

    private mutating func sendProblem() -> String? {
        let isBinary = kind.contains("binary")
        guard !word.isEmpty else { return "'\(isBinary ? "binary string" : "string")' expects a \(kind) as argument" }
        if kind == "send-binary", let problem = binaryProblem(word) {
            return "'\(word)' invalid binary string (\(problem))"
        }
        if kind.hasSuffix("-lf"), let problem = formatProblem(word) { return problem }
        index += 1
        guard !word.isEmpty else { return nil }
        guard word == "comment" else { return "expects 'comment' but got '\(word)' as argument." }
        index += 1
        return word.isEmpty ? "'comment' expects a string as argument." : nil
    }

    private func formatProblem(_ text: String) -> String? {
        textProblem(text).map { "'\(text)' invalid log-format string (\($0))" }
    }

    /// What is wrong with a log format.
    private func textProblem(_ text: String) -> String? {
        var findings = LogFormatText.Findings()
        let every = SamplePlace.Set(rawValue: .max)
        return LogFormatText.problem(text, isHTTP: true, places: every, surroundings, &findings)
    }

    private func binaryProblem(_ text: String) -> String? {
        guard text.utf8.count % 2 == 0 else { return "an even number of hex digit is expected" }
        let wrong = text.first { $0.utf8.first.flatMap { Lexer.hexadecimal($0) } == nil }
        return wrong.map { "an hex digit is expected (found '\($0)')" }
    }

    private func variableProblem() -> String? {
        let name = kind.prefix { $0 != "(" }
        let variable = String(kind.dropFirst(name.count + 1).dropLast())
        let introduction = "'\(keyword) \(kind)' : '\(name)' : "
        guard kind.contains("(") else {
            return introduction + "invalid or incomplete action '\(name)'. Expects 'set-var(<var-name>)', "
                + "'set-var-fmt(<var-name>)' or 'unset-var(<var-name>)'."
        }
        if let problem = SampleArguments.problem(variable: variable) { return introduction + problem + "." }
        if name == "set-var-fmt", let problem = textProblem(word) { return introduction + problem + "." }
        guard name == "set-var" else { return nil }
        do throws(SampleExpression.Failure) {
            let sample = try SampleExpression(word, surroundings: surroundings)
            guard sample.places.isDisjoint(with: .init(.check)) else { return nil }
            return introduction + "fetch method '\(kind)' extracts information from '"
                + "\(SampleSources.label(sample.fetch.name))', none of which is available here."
        } catch {
            return introduction + error.message + "."
        }
    }

    private mutating func expectProblem() -> String? {
        let known = "'only supports min-recv, "
        let patterns: Set<String> =
            isHTTP
            ? ["string", "rstring", "string-lf", "status", "rstatus", "hdr", "fhdr"]
            : ["string", "rstring", "string-lf", "binary", "rbinary", "binary-lf"]
        var hasPattern = false
        while !word.isEmpty {
            var option = word
            index += 1
            if option == "!" {
                option = word
                index += 1
            } else if option.hasPrefix("!") {
                option.removeFirst()
            }
            switch option {
            case _ where patterns.contains(option) && !hasPattern:
                hasPattern = true
                if let problem = patternProblem(option) { return problem }
            case "min-recv":
                if word.isEmpty { return "'min-recv' expects a integer as argument" }
            case "comment", "on-success", "on-error", "status-code":
                if word.isEmpty { return "'\(option)' expects a string as argument" }
            case "ok-status", "error-status", "tout-status":
                if let problem = statusProblem(option) { return problem }
            default:
                return known
                    + (isHTTP
                        ? "[!]string', '[!]rstring', '[!]string-lf', '[!]status', '[!]rstatus', [!]hdr, [!]fhdr or comment"
                        : "'[!]binary', '[!]string', '[!]rstring', '[!]string-lf''[!]rbinary', '[!]binary-lf' or comment")
                    + " but got '\(option)' as argument."
            }
            index += 1
        }
        return hasPattern ? nil : "expects at least a matching pattern as arguments"
    }

    private func statusProblem(_ option: String) -> String? {
        let right: [String]
        switch option {
        case "ok-status": right = ["L4OK", "L6OK", "L7OK", "L7OKC"]
        case "error-status":
            // Taken, and not told of.
            if word == "L7OKC" { return nil }
            right = ["L4CON", "L6RSP", "L7RSP", "L7STS"]
        default: right = ["L4TOUT", "L6TOUT", "L7TOUT"]
        }
        guard !right.contains(word) else { return nil }
        let names = right.dropLast().map { "'\($0)'" }.joined(separator: ", ") + " or '\(right.last ?? "")'"
        return "'\(option)' only supports \(names) status (got '\(word)')."
    }

    /// The pattern behind `option`; leaves the index at its last word.
    private mutating func patternProblem(_ option: String) -> String? {
        guard !word.isEmpty || option.hasSuffix("hdr") else { return "'\(option)' expects a <pattern> as argument" }
        switch option {
        case "rstring", "rstatus", "rbinary": return RegexText.problem(word)
        case "binary": return binaryProblem(word).map { "invalid binary string (\($0))" }
        case "string-lf", "binary-lf": return formatProblem(word)
        case "status":
            let wrong = word.first { !$0.isASCII || !($0.isNumber || $0 == "-" || $0 == ",") }
            return wrong.map { "invalid character '\($0)' in the list of status codes" }
        case "hdr", "fhdr": return headerProblem(option)
        default: return nil
        }
    }

    /// `name [-m <method>] <name> [value [-m <method>] <value>]`
    private mutating func headerProblem(_ option: String) -> String? {
        let isNamed = word == "name" || word == "name-lf"
        guard isNamed else { return "'\(option)' expects at the name keyword as first argument followed by a pattern" }
        for _ in 0..<2 {
            index += 1
            if word == "-m" { index += 2 }
            if word.isEmpty { return "'\(option)' expects at the name keyword as first argument followed by a pattern" }
            let next = index + 1 < words.count ? words[index + 1] : ""
            guard next == "value" || next == "value-lf" else { return nil }
            index += 1
        }
        return nil
    }
}
