/// Reads the lines of a ``PageDefinition``.
struct PageReader {
    private let definition: PageDefinition
    private var conditions: PageConditionReader
    private(set) var monitorURI: String?
    private(set) var monitorFails: [PageCondition] = []
    private(set) var times: [String: Int] = [:]
    private(set) var closesAfterEach = false
    private(set) var takesInvalid = false

    init(_ definition: PageDefinition) {
        self.definition = definition
        conditions = PageConditionReader(definition, name: definition.backend?.name ?? "")
    }

    mutating func proxy(_ lines: [[String]], isFrontend: Bool) throws(UnservablePage) -> PageSettings.Proxy {
        var proxy = PageSettings.Proxy()
        for line in lines {
            let (keyword, value) = (line[0], line.count > 1 ? line[1] : "")
            switch keyword {
            case "acl": try define(line)
            case "monitor-uri": if isFrontend { monitorURI = value }
            case "monitor": if isFrontend { monitorFails.append(try conditions.condition(line.dropFirst(2))) }
            case "stats":
                var statistics = proxy.statistics ?? StatisticsSettings()
                try read(line.dropFirst(), &statistics)
                proxy.statistics = statistics
            case "http-request":
                if let rule = try rule(line.dropFirst()) { proxy.rules.append(rule) }
            case "redirect":
                if let rule = try rule(["redirect"] + line.dropFirst()) { proxy.rules.append(rule) }
            case "errorfile":
                guard let status = Int(value), line.count > 2 else { break }
                proxy.answers[status] = try CustomAnswer(file: definition.files[line[2]] ?? [], status: status)
            case "errorloc", "errorloc302", "errorloc303":
                guard let status = Int(value), line.count > 2 else { break }
                proxy.answers[status] = Self.moved(keyword == "errorloc303" ? 303 : 302, line[2])
            case "http-error":
                guard line.count > 2, let status = Int(line[2]) else { break }
                proxy.answers[status] = try AnswerReader(line.dropFirst(), status, definition.files).answer
            case "timeout": if isFrontend, line.count > 2 { times[value] = Int(line[2]) }
            case "description": proxy.description = line.dropFirst().joined(separator: " ")
            case "option":
                if value == "httpclose" || value == "http-server-close" { closesAfterEach = value == "httpclose" }
                if value == "accept-invalid-http-request", isFrontend { takesInvalid = true }
            case "tcp-request":
                if value != "inspect-delay" { throw UnservablePage("'tcp-request' is not followed for pages") }
            default: throw UnservablePage("'\(keyword)' is not followed for pages")
            }
        }
        return proxy
    }

    private mutating func define(_ line: [String]) throws(UnservablePage) {
        do throws(UnservablePage) {
            try conditions.define(line.dropFirst())
        } catch {
            // Who names it says so.
        }
    }

    private static func moved(_ status: Int, _ place: String) -> CustomAnswer {
        CustomAnswer(
            startLine: "HTTP/1.1 \(status) \(StandardAnswers.reason(status))",
            status: status,
            fields: [
                HTTPField("cache-control", "no-cache"), HTTPField("content-length", "0"), HTTPField("location", place),
            ],
            body: [],
            hasLength: true
        )
    }

    private func read(_ words: ArraySlice<String>, _ statistics: inout StatisticsSettings) throws(UnservablePage) {
        let value = words.dropFirst().first ?? ""
        switch words.first {
        case "uri": statistics.uri = value
        case "realm": statistics.realm = value
        case "auth":
            let parts = value.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map { String($0) }
            let account = PageAccount(user: parts[0], password: parts.count == 2 ? parts[1] : "")
            if !statistics.accounts.contains(where: { $0.user == account.user }) { statistics.accounts.append(account) }
        case "scope": statistics.scopes.append(value)
        case "refresh": statistics.refresh = (Int(value) ?? 0) / 1000
        case "hide-version": statistics.hidesVersion = true
        case "show-legends": statistics.showsLegends = true
        case "show-modules": statistics.showsModules = true
        case "show-node": statistics.node = value
        case "show-desc": statistics.description = words.dropFirst().joined(separator: " ")
        case "admin": statistics.admin.append(try conditions.condition(words.dropFirst()))
        case "http-request": if let rule = try rule(words.dropFirst()) { statistics.rules.append(rule) }
        default: break
        }
    }

    /// nil for a rule that changes nothing about what is answered here.
    private func rule(_ words: ArraySlice<String>) throws(UnservablePage) -> PageRule? {
        let name = words.first ?? ""
        let behind = words.dropFirst().firstIndex { $0 == "if" || $0 == "unless" } ?? words.endIndex
        let arguments = words.dropFirst()[..<behind]
        let action: PageRule.Action
        switch name {
        case "allow": action = .allow
        case "deny", "tarpit":
            let reader = try AnswerReader(arguments, name == "deny" ? 403 : 500, definition.files)
            action =
                name == "deny" ? .deny(reader.status, reader.hasBody ? reader.answer : nil) : .tarpit(reader.status)
        case "reject": action = .reject
        case "auth":
            let words = Array(arguments)
            action = .authenticate(words.first == "realm" && words.count > 1 ? words[1] : nil)
        case "use-service" where arguments.first == "prometheus-exporter": action = .metrics
        case "return": action = .answer(try AnswerReader(arguments, 200, definition.files).answer)
        case "redirect": action = try Self.redirect(Array(arguments))
        // They change what a server gets, or what only rules for servers look at; nothing that is served here.
        case "set-header", "add-header", "del-header", "replace-header", "replace-value", "set-log-level", "set-nice",
            "set-mark", "set-tos", "set-priority-class", "set-priority-offset", "disable-l7-retry", "strict-mode",
            "early-hint", "add-acl", "del-acl", "set-map", "del-map", "capture", "set-timeout":
            return nil
        default: throw UnservablePage("'http-request \(name)' is not followed for pages")
        }
        return PageRule(action: action, condition: try conditions.condition(words[behind...]))
    }

    private static func redirect(_ words: [String]) throws(UnservablePage) -> PageRule.Action {
        var (code, target) = (302, RedirectTarget.location(""))
        let dropsQuery = words.contains("drop-query")
        var index = 0
        while index < words.count {
            let value = index + 1 < words.count ? words[index + 1] : ""
            index += 2
            switch words[index - 2] {
            case "code": code = Int(value) ?? 302
            case "location": target = .location(value)
            case "prefix": target = .prefix(value, dropsQuery: dropsQuery)
            case "scheme": target = .scheme(value, dropsQuery: dropsQuery)
            case "drop-query", "ignore-empty": index -= 1
            case let other: throw UnservablePage("'redirect … \(other)' is not followed for pages")
            }
        }
        if words.contains(where: { $0.contains("%[") }) {
            throw UnservablePage("a redirect whose place is computed is not followed for pages")
        }
        return .redirect(code: code, location: target)
    }
}

/// `status 200 content-type text/plain string "…" hdr a b`
struct AnswerReader {
    private(set) var status: Int
    private(set) var hasBody = false
    private var type: String?
    private var fields: [HTTPField] = []
    private var body: [UInt8] = []
    private var file: CustomAnswer?

    init(_ words: ArraySlice<String>, _ status: Int, _ files: [String: [UInt8]]) throws(UnservablePage) {
        self.status = status
        var words = words
        var path: String?
        while let word = words.popFirst() {
            switch word {
            case "status", "deny_status": self.status = Int(words.popFirst() ?? "") ?? status
            case "content-type": type = words.popFirst()
            case "string": body = Array((words.popFirst() ?? "").utf8)
            case "file": body = files[words.popFirst() ?? ""] ?? []
            case "errorfile": path = words.popFirst()
            case "hdr":
                let name = (words.popFirst() ?? "").lowercased()
                let value = words.popFirst() ?? ""
                if value.contains("%") {
                    throw UnservablePage("a field whose value is computed is not followed for pages")
                }
                fields.append(HTTPField(name, value))
            case "default-errorfiles": continue
            default: throw UnservablePage("'\(word)' of an answer is not followed for pages")
            }
            if word != "status", word != "deny_status" { hasBody = true }
        }
        if let path { file = try CustomAnswer(file: files[path] ?? [], status: self.status) }
    }

    var answer: CustomAnswer {
        if let file { return file }
        var fields = fields
        fields.append(HTTPField("content-length", "\(body.count)"))
        if let type, !body.isEmpty { fields.append(HTTPField("content-type", type)) }
        return CustomAnswer(
            startLine: "HTTP/1.1 \(status) \(StandardAnswers.reason(status))",
            status: status,
            fields: fields,
            body: body,
            hasLength: true
        )
    }
}
