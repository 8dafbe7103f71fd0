import Diagnostics

extension Checker {
    /// Reads one line of a proxy section.
    mutating func checkProxyLine(_ keyword: ProxyKeyword) {
        notePageLine(keyword)
        switch keyword {
        case .bind:
            draft?.hasBindLine = true
            checkBind()
        case .server: checkServer()
        case .defaultServer: checkDefaultServer()
        case .serverTemplate: checkServerTemplate()
        case .option: checkOption()
        case .timeout: checkTimeout()
        case .useBackend: checkUseBackend()
        case .acl: checkACL()
        case .balance: checkBalance()
        case .log: checkProxyLog()
        case .mode:
            guard refuseExtra(after: 1) else { return }
            guard word(1) != "health" else {
                let message =
                    "'mode health' doesn't exist anymore. Please use 'http-request return status 200' instead."
                error(at: 1, message, remedy: "write http-request return status 200")
                return
            }
            guard word(1) == "tcp" || word(1) == "http", let mode = ProxyMode(rawValue: word(1)) else {
                error(at: 1, "unknown proxy mode '\(word(1))'.", remedy: "write tcp or http")
                return
            }
            draft?.mode = mode
        case .defaultBackend:
            guard let name = required(1, "'default_backend' expects a backend name.") else { return }
            refuseExtra(after: 1)
            draft?.frontend.defaultBackend = name
            let place = position(1)
            draft?.defaultBackendPosition = place
        case .maxconn:
            refuseExtra(after: 1)
            if let number = integer(at: 1) { draft?.frontend.maxConnections = number }
        case .backlog:
            refuseExtra(after: 1)
            if let number = integer(at: 1) { draft?.frontend.backlog = number }
        case .fullconn:
            refuseExtra(after: 1)
            if let number = integer(at: 1) { draft?.backend.fullConnections = number }
        case .retries:
            refuseExtra(after: 1)
            guard !word(1).isEmpty else {
                let message = "'retries' expects an integer argument (dispatch counts for one)."
                error(at: 1, message, remedy: "write a number")
                return
            }
            draft?.backend.retries = Self.number(word(1))
        case .rateLimit:
            guard word(1) == "sessions" else {
                error(at: 1, "'rate-limit' only supports 'sessions' (got '\(word(1))')", remedy: "write sessions")
                return
            }
            guard !word(2).isEmpty else {
                let message = "'rate-limit sessions' expects expects an integer value (in sessions/second)"
                error(at: 2, message, remedy: "write a number")
                return
            }
            if let odd = word(2).drop(while: { $0 == "-" }).first(where: { !("0"..."9").contains($0) }) {
                let message = "'rate-limit sessions' : unexpected character '\(odd)' in integer value '\(word(2))'"
                error(at: 2, message, remedy: "write a number")
                return
            }
            if let number = integer(at: 2) { draft?.frontend.maxSessionRate = number }
        case .logTag:
            guard let tag = required(1, "'log-tag' expects a tag for use in syslog.") else { return }
            draft?.frontend.logTag = tag
            draft?.backend.logTag = tag
        case .logFormat:
            guard !warnOfFormat() else { return }
            checkFormat()
            if !word(1).isEmpty { draft?.frontend.logFormat = .custom(word(1)) }
        case .disabled, .enabled:
            if refuseExtra(after: 0) { setDisabled(keyword == .disabled) }
        case .id:
            guard let id = integer(at: 1) else { return }
            if id <= 0 { error(at: 1, "custom id has to be > 0.", remedy: "write a number greater than 0") }
            let place = position(1)
            if let draft, draft.frontend.id != nil { refuseSecondID(of: draft, at: place) }
            draft?.idPosition = place
            draft?.frontend.id = id
            draft?.backend.id = id
        case .hashType:
            if let problem = passiveProblem(keyword) {
                error(at: 1, problem, remedy: "write map-based or consistent")
            } else {
                takeHashType()
            }
        case .hashBalanceFactor: checkHashBalanceFactor()
        case .stickTable: checkStickTable()
        case .stick: checkStick()
        case .source: checkBackendSource()
        case .logFormatStructuredData:
            guard !warnOfFormat() else { return }
            checkFormat()
            draft?.frontend.structuredDataFormat = word(1)
        case .errorLogFormat:
            guard !warnOfFormat() else { return }
            checkFormat()
            draft?.frontend.errorLogFormat = word(1)
        case .uniqueIDFormat:
            checkFormat()
            draft?.frontend.uniqueIDFormat = word(1)
        case .clientKeepaliveCount, .clientKeepaliveIdle, .clientKeepaliveInterval, .serverKeepaliveCount,
            .serverKeepaliveIdle, .serverKeepaliveInterval:
            checkKeepAlive(keyword)
        case .tcpRequest: checkTCPRequest()
        case .tcpResponse: checkTCPResponse()
        case .filter:
            checkFilter()
            draft?.quarantine.append("'filter' is not followed yet")
        case .externalCheck:
            if let problem = passiveProblem(keyword) {
                error(at: 1, problem, remedy: "write external-check command and a path")
            }
            if word(1) == "command" { draft?.hasExternalCommand = true }
        case .useServer: checkUseServer()
        case .tcpCheck: checkTCPCheck()
        case .httpCheck: checkHTTPCheck()
        default: checkPassedOver(keyword)
        }
    }

    /// What is right and not acted upon. A line that decides which connections pass, or where they go, makes its proxy
    /// a quarantined one: without the line it would serve what it should not.
    private mutating func checkPassedOver(_ keyword: ProxyKeyword) {
        if checkPassive(keyword) { return }
        if keyword.isMeaningless { return }
        switch keyword {
        case .dispatch, .transparent:
            draft?.quarantine.append("'\(keyword.rawValue)' is not followed yet")
        default: ignore("'\(word(0))'")
        }
    }

    private mutating func setDisabled(_ isDisabled: Bool) {
        draft?.frontend.isDisabled = isDisabled
        draft?.backend.isDisabled = isDisabled
    }

    private mutating func checkTimeout() {
        let kind = word(1)
        guard Self.timeouts.contains(kind) else {
            error(
                at: 1,
                RemovedKeywords.timeout(kind)
                    ?? "'timeout' supports 'client', 'server', 'connect', 'check', 'queue', 'http-keep-alive', 'http-request', "
                    + "'tunnel', 'tarpit', 'client-fin' and 'server-fin' (got '\(kind)')",
                remedy: Spelling.nearest(kind, in: Self.timeouts).map { "write '\($0)'" }
                    ?? "write one of these"
            )
            return
        }
        guard let time = time(at: 2, of: "timeout \(kind)") else { return }
        guard word(3).isEmpty else {
            error(
                at: 3,
                "'timeout \(kind)' : unexpected extra argument '\(word(3))' after value '\(word(2))'.",
                remedy: "remove what stands behind"
            )
            return
        }
        // A timeout of 0 is none.
        let value = time == 0 ? nil : time
        warnOfUseless(timeout: kind)
        switch kind {
        case "client": draft?.frontend.clientTimeout = value
        case "client-fin": draft?.frontend.clientFinTimeout = value
        case "connect": draft?.backend.connectTimeout = value
        case "server": draft?.backend.serverTimeout = value
        case "server-fin": draft?.backend.serverFinTimeout = value
        case "queue": draft?.backend.queueTimeout = value
        case "check": draft?.backend.checkTimeout = value
        case "tunnel": draft?.backend.tunnelTimeout = value
        default: break
        }
    }

    private mutating func warnOfUseless(timeout kind: String) {
        let side: ProxyKeyword.Side =
            switch kind {
            case "client", "client-fin": .frontend
            case "connect", "server", "server-fin", "queue", "check", "tunnel": .backend
            default: .both
            }
        guard let draft, let missing = side.missing(in: draft.kind) else { return }
        warn(
            at: 0,
            "'timeout \(kind)' will be ignored because \(proxyLabel) has no \(missing) capability",
            remedy: "move the line to a \(missing)"
        )
    }

    private static let timeouts: Set<String> = [
        "client", "server", "connect", "check", "queue", "http-keep-alive", "http-request", "tunnel", "tarpit",
        "client-fin", "server-fin",
    ]

    private mutating func checkBalance() {
        let name = word(1).isEmpty ? "roundrobin" : word(1)
        switch name {
        case "roundrobin": draft?.backend.balance = .roundRobin
        case "static-rr": draft?.backend.balance = .staticRoundRobin
        case "leastconn": draft?.backend.balance = .leastConnections
        case "first": draft?.backend.balance = .first
        case "source": draft?.backend.balance = .source
        case "random": draft?.backend.balance = .random(draws: 2)
        case _ where name.hasPrefix("random("):
            guard name.hasSuffix(")"), let draws = Int(name.dropFirst(7).dropLast()), draws >= 1 else {
                error(at: 1, "balance random : number of draws must be at least 1.", remedy: "write random(2)")
                return
            }
            draft?.backend.balance = .random(draws: draws)
        case "url_param" where word(2).isEmpty:
            error(at: 2, "balance url_param requires an URL parameter name.", remedy: "name the parameter")
        case "hdr()":
            error(at: 1, "balance hdr requires an http header field name.", remedy: "name the field: hdr(host)")
        case "uri" where uriProblem != nil:
            error(at: 2, uriProblem ?? "", remedy: "write len, depth, whole or path-only")
        case _ where name.hasPrefix("rdp-cookie(") && (name.utf8.count < 13 || name.utf8.last != UInt8(ascii: ")")):
            error(
                at: 1,
                "balance rdp-cookie : missing cookie name.",
                remedy: "write rdp-cookie or rdp-cookie(mstshash)"
            )
        case _ where name == "rdp-cookie" || name.hasPrefix("rdp-cookie("):
            draft?.backend.balance = .requestCookie(String(name.dropFirst(11).dropLast()))
        case "uri", "url_param", "hash",
            _ where name.hasPrefix("hdr("):
            let text = words(from: 1).joined(separator: " ")
            draft?.backend.balance = .request(text)
            if draft?.mode == .tcp { ignore("'balance \(name)'") }
        default:
            error(
                at: 1,
                "balance only supports 'roundrobin', 'static-rr', 'leastconn', 'source', 'uri', 'url_param', "
                    + "'hdr(name)' and 'rdp-cookie(name)' options.",
                remedy: "write one of these"
            )
        }
    }

    /// What is wrong behind `balance uri`.
    private var uriProblem: String? {
        var index = 2
        while !word(index).isEmpty {
            switch word(index) {
            case "len", "depth":
                if Self.number(word(index + 1)) <= 0 {
                    return "balance uri : '\(word(index))' expects a positive integer (got '\(word(index + 1))')."
                }
                index += 1
            case "whole", "path-only": break
            case let other:
                return "balance uri only accepts parameters 'len', 'depth', 'path-only', and 'whole' (got '\(other)')."
            }
            index += 1
        }
        return nil
    }

    private mutating func checkProxyLog() {
        if negation != nil {
            draft?.logTargets = []
            draft?.usesGlobalLog = false
        } else if word(1) == "global" {
            refuseExtra(after: 1)
            draft?.usesGlobalLog = true
        } else if let target = logTarget() {
            draft?.logTargets.append(target)
        }
    }
}
