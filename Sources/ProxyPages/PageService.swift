/// Decides what a request is answered, as HAProxy does: the monitor first, then the frontend's rules and statistics, then
/// those of the backend, which has no server.
public struct PageService<Facts: PageFacts> {
    private let settings: PageSettings
    private let name: String
    private let facts: Facts

    /// - Parameter name: That of the frontend.
    public init(_ settings: PageSettings, name: String, facts: Facts) {
        self.settings = settings
        self.name = name
        self.facts = facts
    }

    private var backendName: String { settings.backendName ?? name }

    public func decide(_ request: HTTPRequest) -> PageDecision {
        if let answer = monitor(request) { return .answer(answer) }
        if let decision = decide(request, settings.frontend, name) { return decision }
        if let backend = settings.backend, let decision = decide(request, backend, backendName) { return decision }
        return .answer(unavailable(request))
    }

    /// To bytes that are no request, and to a request that does not come: HAProxy's own words as they are, or the file's.
    public func refusal(_ status: Int, ending: String) -> PageAnswer {
        let own = settings.frontend.answers[status]
        let bytes = own.map {
            $0.isSilent ? [] : HTTPRequest(method: "GET", target: "/").answer($0, nil, closes: true).bytes
        }
        return PageAnswer(
            bytes: bytes ?? StandardAnswers.raw(status),
            status: status,
            keepsAlive: false,
            note: note("<NOSRV>", ending, name)
        )
    }

    /// To what cannot be told now.
    public func unavailable(_ request: HTTPRequest) -> PageAnswer {
        var note = note("<NOSRV>", "SC--", backendName)
        note.isLost = settings.backend == nil && !settings.isListen
        return request.answer(custom(503), note, closes: closes)
    }

    /// `option httpclose`
    private var closes: Bool { settings.closesAfterEach }

    private func custom(_ status: Int) -> CustomAnswer {
        settings.backend?.answers[status] ?? settings.frontend.answers[status]
            ?? StandardAnswers.answer(StandardAnswers.has(status) ? status : 500)
    }

    private func note(_ server: String, _ ending: String, _ backend: String, isServed: Bool = false) -> PageNote {
        PageNote(backend: backend, server: server, ending: ending, isServed: isServed)
    }

    private func monitor(_ request: HTTPRequest) -> PageAnswer? {
        guard let uri = settings.monitorURI else { return nil }
        guard uri.hasPrefix("/") ? request.pathAndQuery == uri[...] : request.target == uri else { return nil }
        let fails = settings.monitorFails.contains { $0.holds(request, facts) }
        return request.answer(custom(fails ? 503 : 200), nil, closes: closes)
    }

    private func decide(_ request: HTTPRequest, _ proxy: PageSettings.Proxy, _ name: String) -> PageDecision? {
        let refused = note("<NOSRV>", "PR--", name)
        let answered = note("<NOSRV>", "LR--", name)
        switch proxy.rules.first(where: { $0.condition.holds(request, facts) })?.action {
        case nil, .allow: break
        case .deny(let status, let answer):
            return .answer(request.answer(answer ?? custom(status), refused, closes: closes))
        case .tarpit(let status):
            var answer = request.answer(custom(status), note("<NOSRV>", "PT--", name), closes: closes)
            answer.delay = settings.tarpitTimeout ?? 5000
            return .answer(answer)
        case .reject: return .drop(refused)
        case .authenticate(let realm): return .answer(unauthorized(request, realm ?? name, answered))
        case .metrics: return metrics(request, name)
        case .answer(let custom): return .answer(request.answer(custom, answered, closes: closes))
        case .redirect(let code, let target):
            return .answer(request.answer(Self.redirect(request, code, target), answered, closes: closes))
        }
        guard let statistics = proxy.statistics, ["GET", "HEAD", "POST"].contains(request.method),
            (statistics.uri.hasPrefix("/") ? String(request.pathAndQuery) : request.target).hasPrefix(statistics.uri)
        else { return nil }
        return decide(request, statistics, name)
    }

    private func decide(_ request: HTTPRequest, _ statistics: StatisticsSettings, _ name: String) -> PageDecision {
        let served = note("<STATS>", "LR--", name, isServed: true)
        switch statistics.rules.first(where: { $0.condition.holds(request, facts) })?.action {
        case .deny(let status, let answer):
            return .answer(request.answer(answer ?? custom(status), note("<STATS>", "PR--", name), closes: closes))
        case .authenticate(let realm):
            return .answer(unauthorized(request, realm ?? statistics.realm, served))
        default: break
        }
        if !statistics.accounts.isEmpty {
            let credentials = request.credentials
            let isKnown = statistics.accounts.contains {
                $0.user == credentials?.user && $0.password == credentials?.password
            }
            if !isKnown { return .answer(unauthorized(request, statistics.realm, served)) }
        }
        let isAdmin = statistics.admin.contains { $0.holds(request, facts) }
        var query = StatisticsQuery(request.target, after: statistics.uri)
        // There is none to be without.
        if statistics.refresh == 0 { query.isStill = false }
        if request.method == "POST" {
            return .orders(PageOrders(request, query, statistics.uri, isAdmin: isAdmin, closes: closes, served))
        }
        let type =
            switch query.format {
            case .page: "text/html"
            case .csv, .typed: "text/plain"
            case .json, .schema: "application/json"
            }
        let refresh = query.isStill || query.format != .page ? 0 : statistics.refresh
        var report = report(.page(query), request, type, served, name, refresh: refresh)
        report.settings = statistics
        report.isAdmin = isAdmin
        return .report(report)
    }

    private func metrics(_ request: HTTPRequest, _ name: String) -> PageDecision {
        let served = note("<PROMEX>", "LR--", name, isServed: true)
        guard let query = MetricsQuery(request.query) else {
            var answer = request.answer(custom(400), served, closes: true)
            answer.keepsAlive = false
            return .answer(answer)
        }
        return .report(report(.metrics(query), request, "text/plain; version=0.0.4", served, name))
    }

    private func report(
        _ kind: PageReport.Kind,
        _ request: HTTPRequest,
        _ type: String,
        _ note: PageNote,
        _ name: String,
        refresh: Int = 0
    ) -> PageReport {
        // An end of the connection is the only end that a client of HTTP/1.0 understands.
        let isChunked = request.isModern
        let keepsAlive = request.keepsAlive && isChunked && !closes
        let isPage = if case .page = kind { true } else { false }
        let head = request.rendered(
            "HTTP/1.1 200 OK",
            [HTTPField("cache-control", "no-cache"), HTTPField("content-type", type)]
                + (refresh > 0 ? [HTTPField("refresh", "\(refresh)")] : []),
            [],
            keepsAlive: keepsAlive,
            isChunked: isChunked && !(isPage && request.isHead)
        )
        return PageReport(
            kind: kind,
            settings: StatisticsSettings(),
            proxy: name,
            head: head,
            isChunked: isChunked,
            isHead: request.isHead,
            keepsAlive: keepsAlive,
            isAdmin: false,
            note: note
        )
    }

    private func unauthorized(_ request: HTTPRequest, _ realm: String, _ note: PageNote) -> PageAnswer {
        var answer = custom(401)
        answer.fields.append(HTTPField("www-authenticate", "Basic realm=\"\(realm)\""))
        return request.answer(answer, note, closes: closes)
    }

    private static func redirect(_ request: HTTPRequest, _ code: Int, _ target: RedirectTarget) -> CustomAnswer {
        func rest(_ dropsQuery: Bool) -> String { String(dropsQuery ? request.path : request.pathAndQuery) }
        let place =
            switch target {
            case .location(let text): text
            case .prefix(let text, let dropsQuery): (text == "/" ? "" : text) + rest(dropsQuery)
            case .scheme(let text, let dropsQuery):
                "\(text)://\(request.values(of: "host").first ?? "")\(rest(dropsQuery))"
            }
        return CustomAnswer(
            startLine: "HTTP/1.1 \(code) \(StandardAnswers.reason(code))",
            status: code,
            // What has moved for good may be kept.
            fields: [HTTPField("content-length", "0"), HTTPField("location", place)]
                + (code == 301 || code == 308 ? [] : [HTTPField("cache-control", "no-cache")]),
            body: [],
            hasLength: true
        )
    }
}
