import Addresses
import Diagnostics
import HealthChecks

extension Checker {
    /// `[no|default] option <name> …`
    mutating func checkOption() {
        let name = word(1)
        if let kind = draft?.kind, kind == .frontend || kind == .backend, warnOfSide(name, kind) { return }
        if negation == nil, word(2).isEmpty, takeFrequentOption(name) { return }
        guard ProxyOption.names.contains(name) else {
            let similar = WordFingerprint.nearest(name, in: ProxyOption.suggested)
            let message =
                name.isEmpty
                ? "'option' expects an option name."
                : RemovedKeywords.option(name)
                    ?? "unknown option '\(name)'\(similar == nil ? "." : WordFingerprint.question(similar))"
            error(at: 1, message, remedy: similar.map { "write '\($0)'" } ?? "remove the line")
            return
        }
        guard negation == nil || ProxyOption.invertible.contains(name) else {
            error(
                at: 1,
                "negation/default is not supported for option '\(name)'.",
                remedy: "remove the word '\(negation ?? "")'"
            )
            return
        }
        // HAProxy 2.6 counts the words of these lines wrongly and refuses them.
        let isMiscounted = negation == "default" && ProxyOption.invertible.contains(name) && name != "redispatch"
        guard !isMiscounted, ProxyOption.takesArguments.contains(name) || word(2).isEmpty else {
            error(
                at: isMiscounted ? 1 : 2,
                "'option \(name)' cannot handle unexpected argument '\(isMiscounted ? name : word(2))'.",
                remedy: isMiscounted ? "remove the line, or write 'no option \(name)'" : "remove what stands behind"
            )
            return
        }
        if let problem = optionProblem(name) {
            error(at: 2, problem, remedy: "see the manual for 'option \(name)'")
            return
        }
        let place = position(1)
        // `default option x` is what HAProxy does without any line, and none of them is on then.
        let isOn = negation == nil
        if ProxyOption.checks.contains(name) {
            setCheck(name)
            return
        }
        switch name {
        case "tcplog": draft?.frontend.logFormat = .tcp
        case "httplog", "httpslog":
            draft?.frontend.logFormat = .http
            draft?.frontend.asksForCommonLog = word(2) == "clf"
            draft?.httpLogPosition = place
        case "dontlognull": draft?.frontend.omitsNullLogs = isOn
        case "dontlog-normal": draft?.frontend.omitsNormalLogs = isOn
        case "log-separate-errors": draft?.frontend.separatesErrors = isOn
        case "socket-stats": draft?.frontend.countsListeners = isOn
        case "contstats": draft?.frontend.countsContinuously = isOn
        case "logasap": draft?.frontend.logsEarly = isOn
        case "tcp-smart-accept": draft?.frontend.acceptsSmartly = isOn
        case "tcp-smart-connect": draft?.backend.connectsSmartly = isOn
        case "clitcpka": draft?.frontend.keepsClientsAlive = isOn
        case "srvtcpka": draft?.backend.keepsServersAlive = isOn
        case "tcpka":
            draft?.frontend.keepsClientsAlive = true
            draft?.backend.keepsServersAlive = true
        case "nolinger":
            draft?.frontend.resetsOnClose = isOn
            draft?.backend.resetsOnClose = isOn
        case "abortonclose": draft?.backend.abortsOnClose = isOn
        case "allbackups": draft?.backend.usesAllBackups = isOn
        case "log-health-checks": draft?.backend.logsHealthChecks = isOn
        case "redispatch": setRedispatch(isOn)
        case "transparent":
            if isOn { draft?.quarantine.append("'option transparent' is not followed yet") }
        case _ where ProxyOption.needsHTTP.contains(name):
            draft?.httpOptions.removeAll { $0.name == name }
            if isOn { draft?.httpOptions.append((name, place)) }
        case _ where ProxyOption.meaningless.contains(name): break
        default: ignore("'option \(name)'")
        }
    }

    /// Options that the kind of proxy has no use for. True for one that is not looked at any further.
    private mutating func warnOfSide(_ name: String, _ kind: SectionKind) -> Bool {
        if ["httplog", "tcplog", "httpslog"].contains(name), warnOfFormat() { return true }
        guard let missing = ProxyOption.side(name).missing(in: kind) else { return false }
        warn(
            at: 0,
            "'\(name)' ignored because \(proxyLabel) has no \(missing) capability.",
            remedy: "move the line to a \(missing)"
        )
        return false
    }

    /// The options of nearly every section, without the questions that the others need; false for another one.
    private mutating func takeFrequentOption(_ name: String) -> Bool {
        switch name {
        case "tcplog": draft?.frontend.logFormat = .tcp
        case "dontlognull": draft?.frontend.omitsNullLogs = true
        case "tcp-smart-accept": draft?.frontend.acceptsSmartly = true
        case "tcp-check": draft?.checkOption = .tcp
        default: return false
        }
        return true
    }

    /// What is wrong with the words behind an option that takes some.
    private func optionProblem(_ name: String) -> String? {
        let value = word(2)
        switch name {
        case "forwardfor", "originalto":
            var index = 2
            while !word(index).isEmpty {
                switch word(index) {
                case "if-none" where name == "forwardfor": break
                case "except":
                    index += 1
                    let parts = word(index).split(separator: "/", maxSplits: 1)
                    if parts.isEmpty || IPAddress(parts[0]) == nil {
                        return "'option \(name) except' expects <address>[/mask] as argument"
                    }
                case "header":
                    index += 1
                    if word(index).isEmpty { return "'option \(name) header' expects <header_name> as argument." }
                default:
                    return "'option \(name)' only supports optional values: 'except'"
                        + (name == "forwardfor" ? ", 'header' and 'if-none'." : " and 'header'.")
                }
                index += 1
            }
            return nil
        case "http-restrict-req-hdr-names":
            if ["preserve", "reject", "delete"].contains(value) { return nil }
            let expects = "option 'http-restrict-req-hdr-names' expects 'preserve', 'reject' or 'delete' option."
            return value.isEmpty ? "missing parameter. \(expects)" : "invalid parameter '\(value)'. \(expects)"
        case "httplog":
            return value.isEmpty || value == "clf" ? nil : "keyword 'httplog' only supports option 'clf'."
        case "httpchk":
            return word(5).isEmpty ? nil : "'option httpchk' cannot handle unexpected argument '\(word(5))'."
        case "pgsql-check":
            return value == "user" && !word(3).isEmpty
                ? nil : "'option pgsql-check' expects 'user <username>' as argument."
        case "mysql-check":
            if value.isEmpty { return nil }
            if value != "user" { return "'option mysql-check' only supports optional values: 'user' (got '\(value)')." }
            if word(3).isEmpty { return "'option mysql-check user' expects <username> as argument." }
            return ["", "post-41", "pre-41"].contains(word(4))
                ? nil : "keyword 'user' only supports 'post-41' and 'pre-41' (got '\(word(4))')."
        default: return nil
        }
    }

    private mutating func setRedispatch(_ isOn: Bool) {
        guard isOn, !word(2).isEmpty else {
            draft?.backend.redispatchInterval = isOn ? -1 : nil
            return
        }
        guard let interval = integer(at: 2) else { return }
        draft?.backend.redispatchInterval = interval == 0 ? nil : interval
    }
}
