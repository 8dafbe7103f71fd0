internal import ProxyStatistics

/// One proxy of the page: its name, and a table with its frontend, its servers and its backend.
struct StatisticsSection {
    private let table: StatisticsTable
    private let filter: StatisticsFilter
    private let isAdmin: Bool
    private let showsLegends: Bool

    init(_ table: StatisticsTable, _ filter: StatisticsFilter, isAdmin: Bool, showsLegends: Bool) {
        self.table = table
        self.filter = filter
        self.isAdmin = isAdmin
        self.showsLegends = showsLegends
    }

    /// What is in a row, by `type` of `show stat`.
    private enum Kind: Int {
        case frontend
        case backend
        case server
        case listener
    }

    private func field(_ name: String, _ row: Int) -> ArraySlice<UInt8> { table.field(table.column(name), row) }

    private func kind(_ row: Int) -> Kind {
        table.number(table.column("type"), row).flatMap { Kind(rawValue: $0) } ?? .listener
    }

    mutating func add(_ rows: [Int], _ html: inout HTMLWriter) {
        guard let first = rows.first, let name = table["pxname", first] else { return }
        let kinds = rows.map { kind($0) }
        let hasServers = kinds.contains(.server)
        let hasForm = isAdmin && hasServers
        html.raw("<section>")
        if hasForm { html.raw("<form method=\"post\">") }
        html.raw("<div class=scroll><table class=\"tbl\"><caption class=\"pxname\"><a name=\"")
        html.text(name)
        html.raw("\"></a><a class=px href=\"#")
        html.text(name)
        html.raw("\">")
        html.text(name)
        html.raw("</a><span class=cap>\(capabilities(kinds))")
        if showsLegends {
            html.text(", mode: \(table["mode", first] ?? "tcp"), id: \(table["iid", first] ?? "")")
            if let algorithm = rows.compactMap({ table["algo", $0] }).first { html.text(", balancing: \(algorithm)") }
        }
        html.raw("</span></caption>\n")
        html.raw(Self.head)
        for row in rows { addRow(row, name, hasForm, &html) }
        html.raw("</tbody></table></div>")
        if hasForm { addForm(table["iid", first] ?? "", &html) }
        html.raw("</section>\n")
    }

    private func capabilities(_ kinds: [Kind]) -> String {
        switch (kinds.contains(.frontend), kinds.contains(.backend)) {
        case (true, true): "listen"
        case (true, false): "frontend"
        default: "backend"
        }
    }

    /// The same columns for every proxy: numbers of different ones stand below each other. How it is comes first. Widths, and
    /// the lines between the groups, are ``StatisticsStyle``'s.
    private static let head: String = {
        var text = "<thead><tr class=\"titre\"><th rowspan=2></th>"
        for (title, columns) in groups { text += "<th colspan=\(columns.count)>\(title)</th>" }
        text += "</tr>\n<tr class=\"titre\">"
        for (_, columns) in groups {
            for title in columns { text += "<th>\(title)</th>" }
        }
        return text + "</tr></thead>\n<tbody>"
    }()

    private static let groups: [(String, [String])] = [
        ("State", ["Status", "LastChk"]), ("Queue", ["Cur", "Max", "Limit"]),
        ("Session rate", ["Cur", "Max", "Limit"]), ("Sessions", ["Cur", "Max", "Limit"]),
        ("Sessions so far", ["Total", "LbTot", "Last"]), ("Bytes", ["In", "Out"]), ("Denied", ["Req", "Resp"]),
        ("Errors", ["Req", "Conn", "Resp"]), ("Warnings", ["Retr", "Redis"]),
        ("Server", ["Wght", "Act", "Bck", "Chk", "Dwn", "Dwntme", "Thrtle"]),
    ]

    private func addRow(_ row: Int, _ proxy: String, _ hasForm: Bool, _ html: inout HTMLWriter) {
        let kind = kind(row)
        let server = table["svname", row] ?? ""
        let status = table["status", row] ?? ""
        let isBackup = field("bck", row).elementsEqual([UInt8(ascii: "1")])
        if kind == .server, !filter.shows(status: status) { return }
        let style =
            switch kind {
            case .frontend: "frontend"
            case .backend: "backend"
            case .listener: "socket"
            case .server: RowState(status, isBackup: isBackup).name
            }
        html.raw("<tr class=\"\(style)\">")
        addName(row, kind, proxy, server, hasForm, &html)
        addState(row, kind, status, &html)
        addTraffic(row, kind, &html)
        addServer(row, kind, &html)
        html.raw("</tr>\n")
    }

    private func addName(
        _ row: Int,
        _ kind: Kind,
        _ proxy: String,
        _ server: String,
        _ hasForm: Bool,
        _ html: inout HTMLWriter
    ) {
        let shown =
            switch kind {
            case .frontend: "Frontend"
            case .backend: "Backend"
            case .listener, .server: server
            }
        let anchor = kind == .listener ? "\(proxy)/+\(server)" : "\(proxy)/\(shown)"
        html.raw("<th scope=row class=ac>")
        if hasForm, kind == .server {
            html.raw("<input type=\"checkbox\" name=\"s\" value=\"")
            html.text(server)
            html.raw("\" aria-label=\"")
            html.text(server)
            html.raw("\">")
        }
        html.raw("<a name=\"")
        html.text(anchor)
        html.raw("\"></a><a class=lfsb href=\"#")
        html.text(anchor)
        html.raw("\"")
        let hint = [table["addr", row], table["tracked", row].map { "via \($0)" }].compactMap { $0 }
        if showsLegends, !hint.isEmpty {
            html.raw(" title=\"")
            html.text(hint.joined(separator: ", "))
            html.raw("\"")
        }
        html.raw(">")
        html.text(shown)
        html.raw("</a></th>")
    }

    private func cell(_ names: [String], _ row: Int, _ html: inout HTMLWriter) {
        for name in names {
            html.raw("<td>")
            if !name.isEmpty { html.grouped(field(name, row)) }
            html.raw("</td>")
        }
    }

    /// The columns from the queue to the warnings.
    private func addTraffic(_ row: Int, _ kind: Kind, _ html: inout HTMLWriter) {
        let isFront = kind == .frontend || kind == .listener
        cell(isFront ? ["", "", ""] : ["qcur", "qmax", kind == .server ? "qlimit" : ""], row, &html)
        let rates = kind == .listener ? ["", "", ""] : ["rate", "rate_max", kind == .frontend ? "rate_lim" : ""]
        cell(rates, row, &html)
        cell(["scur", "smax", "slim"], row, &html)
        cell(["stot", isFront ? "" : "lbtot"], row, &html)
        html.raw("<td>")
        if !isFront { html.raw(Self.duration(table.number(table.column("lastsess"), row)) ?? "?") }
        html.raw("</td>")
        cell(["bin", "bout"], row, &html)
        cell(["dreq", "dresp"], row, &html)
        cell(["ereq", isFront ? "" : "econ", isFront ? "" : "eresp"], row, &html)
        cell(isFront ? ["", ""] : ["wretr", "wredis"], row, &html)
    }

    /// How it is.
    private func addState(_ row: Int, _ kind: Kind, _ status: String, _ html: inout HTMLWriter) {
        let isDead = kind == .backend && status.hasPrefix("DOWN")
        html.raw("<td class=ac><span class=\"state\(isDead ? " none" : "")\">")
        if kind == .server || kind == .backend, let since = Self.duration(table.number(table.column("lastchg"), row)),
            !status.isEmpty
        {
            html.raw(status == "no check" ? "" : "<span class=since>\(since)</span> ")
        }
        html.text(status)
        html.raw("</span></td>")
        html.raw("<td class=ac>")
        if kind == .server { addCheck(row, &html) }
        html.raw("</td>")
    }

    /// What else there is to say of servers.
    private func addServer(_ row: Int, _ kind: Kind, _ html: inout HTMLWriter) {
        guard kind == .server || kind == .backend else {
            html.raw("<td colspan=7></td>")
            return
        }
        html.raw("<td class=ac>")
        let (weight, user) = (table["weight", row] ?? "", table["uweight", row])
        html.text(user.map { "\(weight)/\($0)" } ?? weight)
        html.raw("</td>")
        for (name, letter) in [("act", "Y"), ("bck", "Y")] {
            html.raw("<td class=ac>")
            let value = table[name, row] ?? ""
            html.text(kind == .server ? (value == "1" ? letter : "-") : value)
            html.raw("</td>")
        }
        cell(["chkfail", "chkdown"], row, &html)
        html.raw("<td>\(Self.duration(table.number(table.column("downtime"), row)) ?? "")</td><td class=ac>")
        html.text(table["throttle", row].map { "\($0) %" } ?? (kind == .server ? "-" : ""))
        html.raw("</td>")
    }

    /// `L7OK/200 in 3ms`
    private func addCheck(_ row: Int, _ html: inout HTMLWriter) {
        for prefix in ["check", "agent"] {
            guard let status = table["\(prefix)_status", row] else { continue }
            let code = table["\(prefix)_code", row].map { $0 == "0" ? "" : "/\($0)" } ?? ""
            let time = table["\(prefix)_duration", row].map { " in \($0)ms" } ?? ""
            let words = table["\(prefix)_desc", row] ?? ""
            let last = table[prefix == "check" ? "last_chk" : "last_agt", row].map { ": \($0)" } ?? ""
            html.raw("<span title=\"")
            html.text(words + last)
            html.raw("\">")
            html.text((prefix == "agent" ? "agent " : "") + status + code + time)
            html.raw("</span> ")
        }
    }

    private func addForm(_ number: String, _ html: inout HTMLWriter) {
        html.raw("<div class=actions><label>Checked servers: <select name=action>")
        for (value, words) in Self.actions { html.raw("<option value=\"\(value)\">\(words)</option>") }
        html.raw("</select></label> <input type=\"hidden\" name=\"b\" value=\"#\(number)\">")
        html.raw("<input type=\"submit\" value=\"Apply\"></div></form>")
    }

    private static let actions = [
        ("", ""), ("ready", "Set state to READY"), ("drain", "Set state to DRAIN"), ("maint", "Set state to MAINT"),
        ("dhlth", "Health: disable checks"), ("ehlth", "Health: enable checks"), ("hrunn", "Health: force UP"),
        ("hnolb", "Health: force NOLB"), ("hdown", "Health: force DOWN"), ("dagent", "Agent: disable checks"),
        ("eagent", "Agent: enable checks"), ("arunn", "Agent: force UP"), ("adown", "Agent: force DOWN"),
        ("shutdown", "Kill Sessions"),
    ]

    /// `3d4h`, `1h2m`, `2m5s`, `7s`; nil for what there was not.
    static func duration(_ seconds: Int?) -> String? {
        guard let seconds, seconds >= 0 else { return nil }
        switch seconds {
        case 86400...: return "\(seconds / 86400)d\(seconds / 3600 % 24)h"
        case 3600...: return "\(seconds / 3600)h\(seconds / 60 % 60)m"
        case 60...: return "\(seconds / 60)m\(seconds % 60)s"
        default: return "\(seconds)s"
        }
    }
}
