import Diagnostics
import HealthChecks

// What a file says in vain.
extension Checker {
    /// Criteria that are compared with nothing: a rule with one of them never does what it is there for.
    mutating func warnOfMissingPatterns(_ references: inout [SampleExpression.Reference]) {
        guard references.contains(where: { $0.type == ConditionParser.withoutPattern }) else { return }
        for reference in references where reference.type == ConditionParser.withoutPattern {
            warn(
                at: 0,
                "parsing acl keyword '\(reference.name)' :\n"
                    + "  no pattern to match against were provided, so this ACL will never match.\n"
                    + "  If this is what you intended, please add '--' to get rid of this warning.\n"
                    + "  If you intended to match only for existence, please use '-m found'.\n"
                    + "  If you wanted to force an int to match as a bool, please use '-m bool'.",
                remedy: "write what to compare with"
            )
        }
        references.removeAll { $0.type == ConditionParser.withoutPattern }
    }

    /// A frontend that listens on nothing, or that has a format for lines which go nowhere.
    mutating func warnOfSilence(_ draft: ProxyDraft) {
        guard draft.hasFrontend, !draft.frontend.isDisabled else { return }
        let who = "\(draft.proxyKind) '\(draft.name)'"
        if !draft.hasBindLine {
            report(
                .warning,
                at: draft.position,
                "\(who) has no 'bind' directive. Please declare it as a backend if this was intended.",
                remedy: "write a bind line"
            )
        }
        let hasFormat = draft.frontend.logFormat != .basic || draft.frontend.structuredDataFormat != nil
        if hasFormat, draft.frontend.logTargets.isEmpty {
            report(
                .warning,
                at: draft.position,
                "log format ignored for \(who) since it has no log address.",
                remedy: "write a log line"
            )
        }
    }

    /// Lines of `http-check` and `tcp-check` belong to an option.
    mutating func warnOfChecks(_ draft: ProxyDraft) {
        let who = "\(draft.proxyKind) '\(draft.name)'"
        let left = draft.checkNotFollowed?.prefix { $0 != " " } ?? ""
        if draft.ownsHTTPRules, !draft.httpRules.isEmpty || left == "http-check", draft.checkOption != .http {
            report(
                .warning,
                at: draft.position,
                "\(who) uses http-check rules without 'option httpchk', so the rules are ignored.",
                remedy: "write 'option httpchk'"
            )
        }
        if draft.ownsTCPRules, !draft.tcpRules.isEmpty || left == "tcp-check", draft.checkOption != .tcp {
            report(
                .warning,
                at: draft.position,
                "\(who) uses tcp-check rules without 'option tcp-check', so the rules are ignored.",
                remedy: "write 'option tcp-check'"
            )
        }
    }

    /// Keeps the first line of each kind that has a meaning in `mode http` only.
    mutating func noteHTTPLine(_ keyword: ProxyKeyword) {
        switch keyword {
        case .cookie, .httpAfterResponse, .httpRequest, .httpResponse, .monitorURI, .redirect, .stats:
            guard let draft, !draft.httpLines.contains(where: { $0.keyword == keyword }) else { return }
            draft.httpLines.append((keyword, position(0)))
        default: break
        }
    }

    /// Lines of `mode http` in a section of `mode tcp`.
    mutating func warnOfHTTPLines(_ draft: ProxyDraft) {
        for line in draft.httpLines {
            let who = "\(draft.proxyKind) '\(draft.name)'"
            let name = line.keyword.rawValue
            let message =
                switch line.keyword {
                case .cookie, .monitorURI: "\(name) will be ignored for \(who) (needs 'mode http')."
                case .stats: "'stats' statement ignored for \(who) as it requires HTTP mode."
                default: "'\(name)' rules ignored for \(who) as they require HTTP mode."
                }
            report(.warning, at: line.position, message, remedy: "remove the line, or write 'mode http'")
        }
    }
}
