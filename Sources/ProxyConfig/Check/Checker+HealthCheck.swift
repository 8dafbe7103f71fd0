import Diagnostics
import HealthChecks

extension Checker {
    /// `tcp-check …`. The first line of a section takes the place of what its defaults say.
    mutating func checkTCPCheck() {
        guard let draft else { return }
        if !draft.ownsTCPRules { draft.tcpRules = [] }
        draft.ownsTCPRules = true
        if let rule = rule(isHTTP: false, after: draft.tcpRules, draft) { draft.tcpRules.append(rule) }
    }

    /// `http-check …`
    mutating func checkHTTPCheck() {
        guard let draft else { return }
        let name = word(1)
        switch name {
        case "send-state": draft.sendsCheckState = true
        case "disable-on-404": draft.stopsOn404 = true
        default:
            if !draft.ownsHTTPRules { draft.httpRules = [] }
            draft.ownsHTTPRules = true
        }
        guard let rule = rule(isHTTP: true, after: draft.httpRules, draft) else { return }
        if name != "send-state", name != "disable-on-404" { draft.httpRules.append(rule) }
    }

    /// The words of a rule behind the keyword; nil if it is not right, or not followed.
    private mutating func rule(isHTTP: Bool, after rules: [[String]], _ draft: ProxyDraft) -> [String]? {
        let keyword = isHTTP ? "http-check" : "tcp-check"
        var reader = CheckRuleReader(Array(words(from: 0)), surroundings)
        if let problem = reader.problem() {
            error(at: 1, problem, remedy: "see the manual for '\(keyword)'")
            return nil
        }
        let rule = Array(reader.words.dropFirst())
        guard let problem = CheckProgram.problem(of: rule, isHTTP: isHTTP, after: rules) else { return rule }
        guard problem.isAboutOrder else {
            draft.checkNotFollowed = draft.checkNotFollowed ?? "\(isHTTP ? "http" : "tcp")-check \(rule.first ?? "")"
            return nil
        }
        error(
            at: 1,
            "'\(keyword)\(rule.first.map { " " + $0 } ?? "")' : \(problem.message)",
            remedy: "see '\(keyword)' in chapter 4.2 of the manual"
        )
        return nil
    }

    /// `option tcp-check`, `option httpchk …`, `option mysql-check …` and their like: the last one counts.
    mutating func setCheck(_ name: String) {
        let arguments = Array(words(from: 2))
        switch name {
        case "tcp-check": draft?.checkOption = .tcp
        case "httpchk":
            // Lines that the defaults gave belong to their option, not to this one.
            if draft?.ownsHTTPRules == false { draft?.httpRules = [] }
            draft?.ownsHTTPRules = true
            draft?.checkOption = .http
            draft?.checkArguments = arguments
            refuse(CheckDefinition(.http, arguments: arguments))
            return
        case "external-check", "spop-check": draft?.checkOption = .named(name)
        default:
            draft?.checkOption = .named(name)
            refuse(CheckDefinition(.named(name), arguments: arguments))
        }
        draft?.checkArguments = arguments
    }

    private mutating func refuse(_ definition: CheckDefinition) {
        do throws(CheckProblem) {
            _ = try CheckProgram(definition)
        } catch {
            self.error(at: 2, error.message, remedy: "see this option in chapter 4.2 of the manual")
        }
    }

    /// What the lines of a section make together.
    static func healthCheck(_ draft: ProxyDraft) -> CheckDefinition {
        if healthCheckNotFollowed(draft) != nil { return CheckDefinition() }
        switch draft.checkOption {
        case .connect, .agent: return CheckDefinition()
        case .tcp: return CheckDefinition(.tcp, rules: draft.tcpRules)
        case .http:
            var rules = draft.httpRules
            if draft.sendsCheckState { rules.append(["send-state"]) }
            if draft.stopsOn404 { rules.append(["disable-on-404"]) }
            return CheckDefinition(.http, arguments: draft.checkArguments, rules: rules)
        case .named(let name): return CheckDefinition(.named(name), arguments: draft.checkArguments)
        }
    }

    /// Why the check of a section connects only; nil if it does what it should.
    static func healthCheckNotFollowed(_ draft: ProxyDraft) -> String? {
        switch draft.checkOption {
        case .connect, .agent: return nil
        case .named("external-check"): return "option external-check"
        case .named("spop-check"): return "option spop-check"
        case .named: return nil
        case .tcp, .http: return draft.checkNotFollowed
        }
    }
}
