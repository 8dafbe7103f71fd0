internal import ProxyStatistics

/// Which proxies and servers a report shows.
struct StatisticsFilter: Sendable {
    /// Names; empty: all.
    private let scopes: Set<String>
    /// Part of a name.
    private let search: String
    private let hidesDown: Bool
    private let hidesMaintenance: Bool

    init(_ report: PageReport, _ query: StatisticsQuery) {
        scopes = Set(report.settings.scopes.map { $0 == "." ? report.proxy : $0 })
        search = query.search
        hidesDown = query.hidesDown
        hidesMaintenance = query.hidesMaintenance
    }

    var showsAll: Bool { scopes.isEmpty && search.isEmpty }

    func shows(_ proxy: String) -> Bool {
        (scopes.isEmpty || scopes.contains(proxy)) && (search.isEmpty || proxy.firstRange(of: search) != nil)
    }

    /// - Parameter status: Of a server.
    func shows(status: String) -> Bool {
        if hidesMaintenance, status.hasPrefix("MAINT") { return false }
        return !hidesDown || status.hasPrefix("UP") || status.hasPrefix("no check") || status.hasPrefix("DRAIN")
            || status.hasPrefix("NOLB")
    }

    func shows(_ row: Int, of table: StatisticsTable) -> Bool {
        if !showsAll, !shows(table["pxname", row] ?? "") { return false }
        guard hidesDown || hidesMaintenance, table["type", row] == "2" else { return true }
        return shows(status: table["status", row] ?? "")
    }
}

/// The lines of `show stat` that a filter shows.
struct StatisticsRows: Sendable {
    private let table: StatisticsTable
    private let filter: StatisticsFilter
    private var next = -1

    init(_ table: StatisticsTable, _ filter: StatisticsFilter) {
        self.table = table
        self.filter = filter
    }

    mutating func add(to part: inout [UInt8], enough: Int) {
        if next < 0 {
            part += table.header
            next = 0
        }
        while next < table.rows.count, part.count < enough {
            if filter.shows(next, of: table) { part += table.line(next) }
            next += 1
        }
    }
}
