internal import ProxyStatistics

/// Writes all metrics in the text format 0.0.4 of Prometheus, part by part.
struct MetricsWriter: Sendable {
    private let info: [String: String]
    private let table: StatisticsTable
    private let stickTables: [StickTable]
    private let metrics: [(scope: MetricsQuery.Scope, metric: Metric)]
    /// Rows of `show stat` by what they are of.
    private var rows: [MetricsQuery.Scope: [Int]] = [:]
    /// Servers by their backends' numbers, for what is counted of them.
    private var servers: [Int: [Int]] = [:]
    /// Whether each row is of a proxy of `mode http`.
    private let isHTTP: [Bool]
    // Columns of the table.
    private let proxy: Int?
    private let name: Int?
    private let number: Int?
    private let checkStatus: Int?
    /// Where it goes on.
    private var (index, pass, row) = (0, 0, 0)
    private var hasHead = false

    private struct StickTable: Sendable {
        var name = ""
        var type = ""
        var values: [String: String] = [:]
    }

    /// - Parameter answer: To `show info;show stat;show table`.
    init(_ answer: [UInt8], _ query: MetricsQuery) {
        info = ProcessInfo(answer).values
        let start = StatisticsTable.start(in: answer)
        let table = StatisticsTable(Array(answer[start...]))
        self.table = table
        stickTables = Self.stickTables(table.bytes[table.end...])
        metrics = MetricsQuery.Scope.allCases.filter { query.scopes.contains($0) }.flatMap { scope in
            Metric.all(scope).map { (scope, $0) }
        }
        (proxy, name) = (table.column("pxname"), table.column("svname"))
        (number, checkStatus) = (table.column("iid"), table.column("check_status"))
        let (type, mode, status) = (table.column("type"), table.column("mode"), table.column("status"))
        let http = Array("http".utf8)[...]
        isHTTP = table.rows.map { table.field(mode, $0) == http }
        let hidden = Array("MAINT".utf8)
        for row in table.rows {
            switch table.number(type, row) {
            case 0: rows[.frontend, default: []].append(row)
            case 1: rows[.backend, default: []].append(row)
            case 2:
                if let number = table.number(number, row) { servers[number, default: []].append(row) }
                if query.hidesMaintenance, table.field(status, row).starts(with: hidden) { continue }
                rows[.server, default: []].append(row)
            default: rows[.listener, default: []].append(row)
            }
        }
    }

    /// - Parameter bytes: What follows the statistics.
    private static func stickTables(_ bytes: ArraySlice<UInt8>) -> [StickTable] {
        String(decoding: bytes, as: UTF8.self).split(separator: "\n").compactMap { line in
            guard line.hasPrefix("# table: ") else { return nil }
            var table = StickTable()
            for part in line.dropFirst(2).split(separator: ",") {
                let halves = part.split(separator: ":", maxSplits: 1).map { $0.drop { $0 == " " } }
                guard halves.count == 2 else { continue }
                switch halves[0] {
                case "table": table.name = String(halves[1])
                case "type": table.type = String(halves[1])
                default: table.values[String(halves[0])] = String(halves[1].prefix { $0.isNumber })
                }
            }
            return table
        }
    }

    mutating func add(to part: inout [UInt8], enough: Int) {
        while index < metrics.count, part.count < enough {
            let (scope, metric) = metrics[index]
            if !hasHead { addHead(scope, metric, &part) }
            hasHead = true
            if addRows(scope, metric, &part, enough) { (index, pass, row, hasHead) = (index + 1, 0, 0, false) }
        }
    }

    /// One that nobody has is not named.
    private func addHead(_ scope: MetricsQuery.Scope, _ metric: Metric, _ part: inout [UInt8]) {
        switch scope {
        case .global: break
        case .stickTable: if stickTables.isEmpty { return }
        default:
            let rows = rows[scope] ?? []
            if !rows.contains(where: { has(metric, $0) }) { return }
        }
        let name = "haproxy_\(scope.word)_\(metric.name)"
        part += Array("# HELP \(name) \(metric.help)\n# TYPE \(name) \(metric.form.rawValue)\n".utf8)
    }

    /// True when all are there.
    private mutating func addRows(
        _ scope: MetricsQuery.Scope,
        _ metric: Metric,
        _ part: inout [UInt8],
        _ enough: Int
    ) -> Bool {
        let name = Array("haproxy_\(scope.word)_\(metric.name)".utf8)
        switch scope {
        case .global:
            let value = info[metric.field]
            if case .version = metric.kind {
                part += name + Array("{version=\"\(value ?? "")\"} 1\n".utf8)
            } else {
                part += name + Array(" \(value ?? "NaN")\n".utf8)
            }
            return true
        case .stickTable:
            for table in stickTables {
                let labels = "{name=\"\(table.name)\",type=\"\(table.type)\"}"
                part += name + Array("\(labels) \(table.values[metric.field] ?? "NaN")\n".utf8)
            }
            return true
        default: break
        }
        let rows = rows[scope] ?? []
        // Some progress each time, however little is enough.
        var hasRows = false
        let passes = if case .responses = metric.kind { Metric.responses } else { [""] }
        while pass < passes.count {
            let column = table.column(metric.field + (passes[pass].isEmpty ? "" : "_\(passes[pass])"))
            while row < rows.count {
                if part.count >= enough, hasRows { return false }
                hasRows = true
                if has(metric, rows[row]) { add(metric, name, rows[row], scope, column, passes[pass], &part) }
                row += 1
            }
            (pass, row) = (pass + 1, 0)
        }
        return true
    }

    private func has(_ metric: Metric, _ row: Int) -> Bool {
        if metric.isHTTP, !isHTTP[row] { return false }
        switch metric.kind {
        case .checkStatus, .checked, .checkedTime: return !table.field(checkStatus, row).isEmpty
        case .serverStates, .checkStates: return servers[table.number(number, row) ?? -1] != nil
        default: return true
        }
    }

    private func add(
        _ metric: Metric,
        _ name: [UInt8],
        _ row: Int,
        _ scope: MetricsQuery.Scope,
        _ column: Int?,
        _ code: String,
        _ part: inout [UInt8]
    ) {
        func start(_ key: StaticString = "", _ value: String = "") {
            part += name
            part += Self.proxyLabel
            part += table.field(proxy, row)
            if scope == .server || scope == .listener {
                part += scope == .server ? Self.serverLabel : Self.listenerLabel
                part += table.field(self.name, row)
            }
            if key.utf8CodeUnitCount > 0 { part += Array("\",\(key)=\"\(value)".utf8) }
            part += Self.labelEnd
        }
        func end(_ value: some Sequence<UInt8>) {
            part += value
            part.append(10)
        }
        let field = table.field(column, row)
        switch metric.kind {
        case .number, .version:
            start()
            end(field.isEmpty ? Self.none[...] : field)
        case .time, .checkedTime:
            start()
            end(Self.seconds(table.number(column, row)))
        case .checked:
            start()
            end(field.isEmpty ? Self.zero[...] : field)
        case .responses:
            start("code", code)
            end(field.isEmpty ? Self.none[...] : field)
        case .status, .checkStatus, .serverStates, .checkStates:
            for (state, count) in states(metric.kind, scope, row, field) {
                start("state", state)
                end("\(count)".utf8)
            }
        }
    }

    private static let proxyLabel = Array("{proxy=\"".utf8)
    private static let serverLabel = Array("\",server=\"".utf8)
    private static let listenerLabel = Array("\",listener=\"".utf8)
    private static let labelEnd = Array("\"} ".utf8)
    private static let none = Array("NaN".utf8)
    private static let zero = Array("0".utf8)

    private func states(
        _ kind: Metric.Kind,
        _ scope: MetricsQuery.Scope,
        _ row: Int,
        _ field: ArraySlice<UInt8>
    ) -> [(state: String, count: Int)] {
        let text = String(decoding: field, as: UTF8.self)
        switch (kind, scope) {
        case (.checkStatus, _): return Self.oneOf(Metric.checkStates, Self.checkState(text))
        case (.serverStates, _), (.checkStates, _):
            let isChecks = if case .checkStates = kind { true } else { false }
            let column = isChecks ? checkStatus : table.column("status")
            let rows = servers[table.number(number, row) ?? -1] ?? []
            let found = rows.map { row -> String in
                let text = String(decoding: table.field(column, row), as: UTF8.self)
                return isChecks ? Self.checkState(text) : Self.serverState(text)
            }
            return (isChecks ? Metric.checkStates : Metric.serverStates).map { state in
                (state, found.count { $0 == state })
            }
        case (_, .server): return Self.oneOf(Metric.serverStates, Self.serverState(text))
        case (_, .listener): return Self.oneOf(["WAITING", "OPEN", "FULL"], text)
        case (_, .frontend): return Self.oneOf(["DOWN", "UP"], text == "OPEN" || text == "FULL" ? "UP" : "DOWN")
        default: return Self.oneOf(["DOWN", "UP"], text.hasPrefix("UP") ? "UP" : "DOWN")
        }
    }

    private static func oneOf(_ states: [String], _ state: String) -> [(state: String, count: Int)] {
        states.map { ($0, $0 == state ? 1 : 0) }
    }

    /// `* L4OK` is of a check that is under way again.
    private static func checkState(_ text: String) -> String { String(text.drop { $0 == "*" || $0 == " " }) }

    private static func serverState(_ text: String) -> String {
        for state in ["DOWN", "MAINT", "DRAIN", "NOLB"] where text.hasPrefix(state) { return state }
        return "UP"
    }

    /// As C's `%f`.
    private static func seconds(_ milliseconds: Int?) -> [UInt8] {
        guard let milliseconds else { return none }
        let rest = "\(abs(milliseconds) % 1000)"
        let sign = milliseconds < 0 ? "-" : ""
        return Array(
            "\(sign)\(abs(milliseconds) / 1000).\(String(repeating: "0", count: 3 - rest.count))\(rest)000".utf8
        )
    }
}
