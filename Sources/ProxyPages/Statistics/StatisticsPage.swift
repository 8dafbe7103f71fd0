internal import ProxyStatistics

/// The statistics as a page: columns, anchors and the classes of rows as HAProxy's, for whoever reads them by program, and
/// a look of its own. Made proxy by proxy, so that thousands take no more memory than one.
struct StatisticsPage: Sendable {
    private let table: StatisticsTable
    private let info: ProcessInfo
    private let report: PageReport
    private let query: StatisticsQuery
    private let filter: StatisticsFilter
    private let description: String
    /// The rows of each proxy that is shown, in order.
    private let proxies: [[Int]]
    /// Before those without a problem are left out.
    private let proxyCount: Int
    private var counts: [RowState.Kind: Int] = [:]
    private let problems: StatisticsProblems
    /// Some of the rows that are wrong, those that serve nobody first, and how many there are.
    private var wrong: [Int] = []
    private var wrongCount = 0
    /// -1: the head is to come.
    private var next = -1

    init(
        _ answer: [UInt8],
        _ report: PageReport,
        _ query: StatisticsQuery,
        _ filter: StatisticsFilter,
        description: String
    ) {
        info = ProcessInfo(answer)
        let table = StatisticsTable(Array(answer[StatisticsTable.start(in: answer)...]))
        (self.table, self.report, self.query, self.filter) = (table, report, query, filter)
        self.description = description
        let (number, name) = (table.column("iid"), table.column("pxname"))
        var places: [Int: Int] = [:]
        var proxies: [[Int]] = []
        for row in table.rows {
            if !filter.showsAll, !filter.shows(table.text(name, row) ?? "") { continue }
            let proxy = table.number(number, row) ?? -1
            if let place = places[proxy] {
                proxies[place].append(row)
            } else {
                places[proxy] = proxies.count
                proxies.append([row])
            }
        }
        let problems = StatisticsProblems(table)
        let status = table.column("status")
        var dead: [Int] = []
        for row in proxies.joined() {
            if problems.isServer(row) {
                counts[RowState(table.text(status, row) ?? "", isBackup: false).kind, default: 0] += 1
            }
            guard problems.isWrong(row) else { continue }
            wrongCount += 1
            if problems.isDead(row) {
                dead.append(row)
            } else if wrong.count < Self.mostProblems {
                wrong.append(row)
            }
        }
        wrong = Array((dead + wrong).prefix(Self.mostProblems))
        self.problems = problems
        proxyCount = proxies.count
        self.proxies =
            query.onlyProblems ? proxies.map { problems.part(of: $0) }.filter { !$0.isEmpty } : proxies
    }

    /// Problems that are named before the proxies.
    private static let mostProblems = 8

    mutating func add(to part: inout [UInt8], enough: Int) {
        var html = HTMLWriter(part)
        part = []
        defer { part = html.bytes }
        if next < 0 {
            addHead(&html)
            next = 0
        }
        while next < proxies.count, html.bytes.count < enough {
            var section = StatisticsSection(
                table,
                filter,
                isAdmin: report.isAdmin,
                showsLegends: report.settings.showsLegends
            )
            section.add(proxies[next], &html)
            next += 1
        }
        guard next == proxies.count else { return }
        if proxies.isEmpty {
            let words = proxyCount > 0 ? "Nothing is wrong." : "No proxy is shown here."
            html.raw("<p class=empty-page>\(words)</p>\n")
        }
        html.raw("</main>\n</body></html>\n")
        next += 1
    }

    private func link(_ change: (inout StatisticsQuery) -> Void) -> String { report.settings.uri + query.words(change) }

    // MARK: - The head

    private func addHead(_ html: inout HTMLWriter) {
        html.raw(
            "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n<title>Statistics Report for HAProxy"
        )
        if let node { html.text(" on \(node)") }
        html.raw(
            "</title>\n<meta name=\"viewport\" content=\"width=device-width\">\n<link rel=\"icon\" href=\"data:,\">\n"
        )
        html.raw("<style>\n\(StatisticsStyle.text)</style></head>\n<body>\n<header>\n<div class=title><h1>")
        html.raw(report.settings.hidesVersion ? "appliance-proxyd" : "")
        if !report.settings.hidesVersion { html.text("appliance-proxyd, HAProxy version \(info["Version"] ?? "2.6")") }
        html.raw("</h1><p>Statistics Report")
        if let pid = info["Pid"] { html.text(" for pid \(pid)") }
        if let node { html.text(" on \(node)") }
        if let text = report.settings.description {
            let shown = text.isEmpty ? description : text
            if !shown.isEmpty { html.text(": \(shown)") }
        }
        html.raw("</p></div>\n")
        addSummary(&html)
        html.raw("</header>\n<main>\n")
        addResult(&html)
        html.raw("<div class=overview>")
        addProcess(&html)
        addOptions(&html)
        html.raw("</div>\n")
        addProblems(&html)
        addLegend(&html)
    }

    private var node: String? {
        report.settings.node.map { $0.isEmpty ? info["node"] ?? "" : $0 }.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// How many servers are how, before anybody scrolls.
    private func addSummary(_ html: inout HTMLWriter) {
        html.raw("<p class=summary>")
        for state in RowState.Kind.allCases {
            let count = counts[state] ?? 0
            if count > 0 { html.raw("<span class=\"pill active_\(state.rawValue)\">\(count) \(state.words)</span> ") }
        }
        html.raw("<span class=count>")
        if proxies.count < proxyCount { html.raw("\(proxies.count) of ") }
        html.raw("\(proxyCount) \(proxyCount == 1 ? "proxy" : "proxies")</span></p>\n")
    }

    /// What is wrong, and where to find it.
    private func addProblems(_ html: inout HTMLWriter) {
        if wrong.isEmpty || query.onlyProblems { return }
        html.raw("<ul class=wrong aria-label=\"What is wrong\">")
        for row in wrong {
            let words = problems.words(row)
            html.raw("<li><a href=\"#")
            html.text(words.anchor)
            html.raw("\">")
            html.text("\(words.proxy)/\(words.name)")
            html.raw("</a> ")
            html.text(words.text)
            html.raw("</li>")
        }
        html.raw("<li><a href=\"")
        html.text(link { $0.onlyProblems = true })
        let more = wrongCount - wrong.count
        html.raw("\">Show only what is wrong</a>\(more > 0 ? " (\(more) more)" : "")</li></ul>\n")
    }

    /// What a form did.
    private func addResult(_ html: inout HTMLWriter) {
        guard let result = query.result else { return }
        let (kind, words): (String, String) =
            switch PageOrders.Result(rawValue: result) {
            case .done: ("active_up", "Action processed successfully.")
            case Optional.some(.none): ("active_going_down", "Nothing has changed.")
            case .part:
                (
                    "active_going_down",
                    "Action partially processed. Some server names are probably unknown or ambiguous (duplicated names in "
                        + "the backend)."
                )
            case .wrong:
                (
                    "active_down",
                    "Action not processed because of invalid parameters: the action, the backend or the servers are "
                        + "probably unknown."
                )
            case .tooLong:
                (
                    "active_down",
                    "Action not processed : the buffer couldn't store all the data. You should retry with less servers at "
                        + "a time."
                )
            case .denied: ("active_down", "Action denied.")
            case nil: ("active_no_check", "Unexpected result.")
            }
        html.raw("<p class=\"message \(kind)\"><a class=lfsb href=\"")
        html.text(link { _ in })
        html.raw("\" title=\"Remove this message\">[X]</a> \(words)</p>\n")
    }

    private func addProcess(_ html: inout HTMLWriter) {
        html.raw("<dl class=process>")
        func add(_ name: String, _ value: String?) {
            guard let value, !value.isEmpty else { return }
            html.raw("<div><dt>\(name)</dt><dd>")
            html.text(value)
            html.raw("</dd></div>")
        }
        add("pid", info["Pid"].map { "\($0) (process #1, nbthread = \(info["Nbthread"] ?? "1"))" })
        add("uptime", info["Uptime"])
        add("connections", info["CurrConns"].map { "\($0) of \(info["Maxconn"] ?? "?")" })
        add("rate", info["ConnRate"].map { "\($0)/s" })
        add("so far", info["CumConns"])
        add("files", info["Ulimit-n"])
        add("idle", info["Idle_pct"].map { "\($0) %" })
        html.raw("</dl>\n")
    }

    private func addOptions(_ html: inout HTMLWriter) {
        html.raw("<nav><form method=\"GET\"><label>Scope <input value=\"")
        html.text(query.search)
        html.raw(
            "\" name=\"scope\" size=\"16\" maxlength=\"\(StatisticsQuery.longestSearch)\" placeholder=\"part of a name\">"
        )
        html.raw("</label></form><ul>")
        func add(_ words: String, _ place: String) {
            html.raw("<li><a href=\"")
            html.text(place)
            html.raw("\">\(words)</a></li>")
        }
        add(query.hidesDown ? "Show all servers" : "Hide 'DOWN' servers", link { $0.hidesDown.toggle() })
        add(query.onlyProblems ? "Show everything" : "Show only what is wrong", link { $0.onlyProblems.toggle() })
        if report.settings.refresh > 0 {
            add(query.isStill ? "Enable refresh" : "Disable refresh", link { $0.isStill.toggle() })
        }
        add("Refresh now", link { _ in })
        add("CSV export", report.settings.uri + ";csv" + query.words { $0.onlyProblems = false })
        add("JSON export", report.settings.uri + ";json" + query.words { $0.onlyProblems = false })
        add("schema", report.settings.uri + ";json-schema")
        html.raw("</ul></nav>")
    }

    private static let columns = [
        ("Status", "how it is, and since when: an OPEN frontend takes connections"),
        ("LastChk", "what the last check found"),
        ("Queue", "clients that wait for a place"), ("Cur, Max, Limit", "now, at most so far, at most ever"),
        ("LbTot", "how often it was chosen"), ("Last", "since the last connection"), ("Denied", "refused by a rule"),
        ("Errors", "requests that failed, connections that no server took, answers that broke off"),
        ("Retr, Redis", "attempts made again, and made at another server"),
        ("Wght", "weight, and what it was ordered to be"),
        ("Act, Bck", "active, backup"),
        ("Chk, Dwn, Dwntme", "checks that failed, times it went down, and for how long in all"),
        ("Thrtle", "share of its weight while it starts slowly"),
    ]

    private func addLegend(_ html: inout HTMLWriter) {
        html.raw("<details class=legend><summary>What colours and columns mean</summary><p>")
        for kind in RowState.Kind.allCases {
            html.raw("<span class=\"pill active_\(kind.rawValue)\">\(kind.words)</span> \(kind.meaning)<br>")
        }
        html.raw("A backup has a dashed edge. NOLB and DRAIN are up and take no new connections.</p><p>")
        for (name, words) in Self.columns { html.raw("<strong>\(name)</strong> \(words)<br>") }
        html.raw("</p></details>\n")
    }
}
