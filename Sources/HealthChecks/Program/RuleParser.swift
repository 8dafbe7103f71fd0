/// Reads the words of one `tcp-check` or `http-check` line as HAProxy's `tcpcheck.c` does.
struct RuleParser {
    let words: [String]
    let step: Int
    private var index = 1

    init(_ words: [String], step: Int) {
        self.words = words
        self.step = step
    }

    var keyword: String { words.first ?? "" }
    private var word: String { index < words.count ? words[index] : "" }
    private var value: String { index + 1 < words.count ? words[index + 1] : "" }

    private mutating func take(_ what: String) throws(CheckProblem) -> String {
        guard !value.isEmpty else { throw CheckProblem("'\(word)' expects \(what) as argument.") }
        let result = value
        index += 2
        return result
    }

    mutating func tcpRule(after rules: [CheckRule]) throws(CheckProblem) -> CheckRule {
        switch keyword {
        case "comment": return try comment()
        case "connect": return try connect(after: rules)
        case "send", "send-lf", "send-binary", "send-binary-lf": return try send()
        case "expect": return try expect(isHTTP: false)
        default:
            try refuseAction()
            throw CheckProblem(
                "'tcp-check' only supports 'comment', 'connect', 'send', 'send-binary', 'expect' (got '\(keyword)')"
            )
        }
    }

    mutating func httpRule(after rules: [CheckRule]) throws(CheckProblem) -> CheckRule {
        switch keyword {
        case "comment": return try comment()
        case "connect": return try connect(after: rules)
        case "send": return try request()
        case "expect": return try expect(isHTTP: true)
        default:
            try refuseAction()
            throw CheckProblem(
                "'http-check' only supports 'disable-on-404', 'send-state', 'comment', 'connect', 'send', 'expect' (got '\(keyword)')"
            )
        }
    }

    /// `set-var` and its like: right, and not followed.
    private func refuseAction() throws(CheckProblem) {
        let name = keyword.prefix { $0 != "(" }
        guard ["set-var", "set-var-fmt", "unset-var"].contains(name), keyword.hasSuffix(")") else { return }
        throw CheckProblem("'\(name)' is not followed in checks", isNotFollowed: true)
    }

    private mutating func comment() throws(CheckProblem) -> CheckRule {
        guard !word.isEmpty else { throw CheckProblem("'comment' expects a string as argument.") }
        return CheckRule(.comment, comment: word, step: step)
    }

    private mutating func connect(after rules: [CheckRule]) throws(CheckProblem) -> CheckRule {
        if let first = rules.first(where: { $0.action != .comment }) {
            var isConnecting = false
            if case .connect = first.action { isConnecting = true }
            if case .request(let request) = first.action, request.isFromOption { isConnecting = true }
            guard isConnecting else {
                throw CheckProblem.order(
                    "first step MUST also be a 'connect', optionally preceded by a 'set-var', an 'unset-var' or a "
                        + "'comment' when there is a 'connect' step in the tcp-check ruleset"
                )
            }
        }
        var connection = CheckConnection()
        var comment: String?
        while !word.isEmpty {
            switch word {
            case "default": connection.usesDefaults = true
            case "send-proxy": connection.sendsProxy = true
            case "via-socks4": break
            case "linger": connection.lingers = true
            case "ssl": connection.usesTLS = true
            case "port":
                let text = try take("a port number or expression")
                guard let number = Int(text) else {
                    throw CheckProblem("a port by expression is not followed in checks", isNotFollowed: true)
                }
                guard let port = UInt16(exactly: number), port > 0 else {
                    throw CheckProblem(
                        "expects a valid TCP port (from range 1 to 65535) or expression, got \(text)."
                    )
                }
                connection.port = port
                continue
            case "addr":
                connection.address = try take("an ip address")
                continue
            case "sni":
                connection.serverName = try take("a SNI")
                continue
            case "alpn":
                connection.protocols = try take("a comma-separated list of protocols")
                continue
            case "proto":
                _ = try take("a MUX protocol")
                continue
            case "comment":
                comment = try take("a string")
                continue
            default:
                throw CheckProblem(
                    "expects 'comment', 'port', 'addr', 'send-proxy', 'via-socks4', 'linger', 'default', 'ssl', 'sni', "
                        + "'alpn' or 'proto' (got '\(word)')."
                )
            }
            index += 1
        }
        return CheckRule(.connect(connection), comment: comment, step: step)
    }

    private mutating func send() throws(CheckProblem) -> CheckRule {
        let text = word
        guard !text.isEmpty else {
            throw CheckProblem(
                "'\(keyword)' expects a \(keyword.hasSuffix("y") ? "binary string" : "string") as argument"
            )
        }
        index += 1
        var note: String?
        if !word.isEmpty {
            guard word == "comment" else { throw CheckProblem("expects 'comment' (got '\(word)') as argument.") }
            note = try take("a string")
        }
        let template: CheckTemplate
        switch keyword {
        case "send": template = CheckTemplate(literal: text)
        case "send-binary":
            guard let bytes = Hex.bytes(text.utf8) else { throw Self.badHex(text) }
            template = CheckTemplate(literal: bytes)
        case "send-binary-lf": template = try CheckTemplate(text, isHexadecimal: true)
        default: template = try CheckTemplate(text)
        }
        return CheckRule(.send(template), comment: note, step: step)
    }

    static func badHex(_ text: String) -> CheckProblem {
        CheckProblem("'\(text)' invalid binary string (an hex string with even number of digits is expected)")
    }

    private mutating func request() throws(CheckProblem) -> CheckRule {
        var request = HTTPRequestTemplate()
        var note: String?
        while !word.isEmpty {
            switch word {
            case "meth": request.method = try take("a string")
            case "uri": request.target = CheckTemplate(literal: try take("a string"))
            case "uri-lf": request.target = try CheckTemplate(try take("a string"))
            case "ver": request.version = try take("a string")
            case "hdr":
                guard index + 2 < words.count, !value.isEmpty, !words[index + 2].isEmpty else {
                    throw CheckProblem("'hdr' expects <name> and <value> as arguments")
                }
                let template = try CheckTemplate(words[index + 2])
                let name = value.lowercased()
                if name != "content-length", name != "transfer-encoding" { request.headers.append((name, template)) }
                index += 3
            case "body": request.body = CheckTemplate(literal: try take("a string"))
            case "body-lf": request.body = try CheckTemplate(try take("a string"))
            case "comment": note = try take("a string")
            default:
                throw CheckProblem(
                    "expects 'comment', 'meth', 'uri', 'uri-lf', 'ver', 'hdr', 'body' or 'body-lf' but got '\(word)' "
                        + "as argument."
                )
            }
        }
        return CheckRule(.request(request), comment: note, step: step)
    }

    private mutating func expect(isHTTP: Bool) throws(CheckProblem) -> CheckRule {
        var parser = ExpectationParser(words, isHTTP: isHTTP)
        let expectation = try parser.parse()
        return CheckRule(.expect(expectation), comment: parser.comment, step: step)
    }
}
