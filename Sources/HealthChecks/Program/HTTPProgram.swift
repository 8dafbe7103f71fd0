/// The rules of `option httpchk` and `http-check` lines.
enum HTTPProgram {
    static func program(_ definition: CheckDefinition) throws(CheckProblem) -> CheckProgram {
        var rules = [CheckRule(.request(try option(definition.arguments)))]
        var sendsState = false
        var stopsOn404 = false
        var step = 0
        for words in definition.rules {
            step += 1
            switch words.first {
            case "send-state": sendsState = true
            case "disable-on-404": stopsOn404 = true
            default:
                var parser = RuleParser(words, step: step)
                try add(try parser.httpRule(after: rules), to: &rules)
                continue
            }
            step -= 1
            if words.count > 1 { throw CheckProblem("'\(words[0])' cannot handle unexpected argument '\(words[1])'.") }
        }
        if case .connect? = rules.dropFirst().first(where: { $0.action != .comment })?.action,
            case .request(let request) = rules[0].action, request.isFromOption
        {
            // The lines begin with a connection of their own: the request of the option comes behind it.
            let connection = rules.firstIndex {
                if case .connect = $0.action { true } else { false }
            }
            if let connection {
                let next = connection + 1
                if next < rules.count, case .request(let explicit) = rules[next].action {
                    var merged = request
                    merged.overlay(explicit)
                    merged.isFromOption = false
                    rules[next].action = .request(merged)
                    rules.removeFirst()
                } else {
                    rules.swapAt(0, connection)
                }
            }
        }
        // Without a rule behind the last request, 2xx and 3xx are right.
        if case .request? = rules.last(where: { $0.action != .comment })?.action {
            rules.append(CheckRule(.expect(CheckExpectation(.status([200...399]))), step: step + 1))
        }
        var program = CheckProgram(kind: .http, rules: rules)
        program.sendsState = sendsState
        program.stopsOn404 = stopsOn404
        return program
    }

    /// `[<method>] [<uri>] [<version>]`
    private static func option(_ arguments: [String]) throws(CheckProblem) -> HTTPRequestTemplate {
        var request = HTTPRequestTemplate()
        request.isFromOption = true
        guard arguments.count <= 3 else {
            throw CheckProblem("'option httpchk' cannot handle unexpected argument '\(arguments[3])'.")
        }
        if arguments.count == 1 { request.target = CheckTemplate(literal: arguments[0]) }
        guard arguments.count >= 2 else { return request }
        request.method = arguments[0]
        request.target = CheckTemplate(literal: arguments[1])
        guard arguments.count == 3 else { return request }
        // Headers and a body behind the version, as configurations before 2.2 have them.
        let lines = arguments[2].split(separator: "\r\n", omittingEmptySubsequences: false)
        request.version = String(lines[0])
        for line in lines.dropFirst().prefix(while: { !$0.isEmpty }) {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { continue }
            let value = parts[1].drop { $0 == " " }
            request.headers.append((parts[0].lowercased(), CheckTemplate(literal: String(value))))
        }
        if let blank = lines.dropFirst().firstIndex(where: { $0.isEmpty }), blank + 1 < lines.count {
            let body = lines[(blank + 1)...].joined(separator: "\r\n")
            if !body.isEmpty { request.body = CheckTemplate(literal: body) }
        }
        return request
    }

    /// Adds a line where the order allows it; the first request is laid over that of the option.
    private static func add(_ rule: CheckRule, to rules: inout [CheckRule]) throws(CheckProblem) {
        let last = rules.last { $0.action != .comment }?.action
        var isFirst = last == nil
        if case .request(let request)? = last, request.isFromOption { isFirst = true }
        switch (rule.action, last) {
        case (.comment, _): break
        case (_, _) where isFirst: break
        case (.request, .connect?): break
        case (.request, _):
            throw CheckProblem.order("unable to add http-check send rule at step \(rule.step) (missing connect rule).")
        case (.expect, .request?), (.expect, .expect?): break
        case (.expect, _):
            throw CheckProblem.order("unable to add http-check expect rule at step \(rule.step) (missing send rule).")
        case (.connect, .expect?): break
        case (.connect, _):
            throw CheckProblem.order(
                "unable to add http-check connect rule at step \(rule.step) (missing expect rule)."
            )
        default: break
        }
        if case .request(let explicit) = rule.action, case .request(var request) = rules[0].action,
            request.isFromOption,
            !rules.contains(where: { if case .connect = $0.action { true } else { false } })
        {
            request.overlay(explicit)
            request.isFromOption = false
            rules.removeFirst()
            rules.append(CheckRule(.request(request), comment: rule.comment, step: rule.step))
            return
        }
        rules.append(rule)
    }
}
