internal import HealthChecks
internal import ProxyEngine

/// `show stat`: HAProxy's table (management guide, 9.1). Columns of what is not counted are empty.
struct StatisticsTable {
    private static let columns = [
        "pxname", "svname", "qcur", "qmax", "scur", "smax", "slim", "stot", "bin", "bout", "dreq", "dresp", "ereq",
        "econ", "eresp", "wretr", "wredis", "status", "weight", "act", "bck", "chkfail", "chkdown", "lastchg",
        "downtime", "qlimit", "pid", "iid", "sid", "throttle", "lbtot", "tracked", "type", "rate", "rate_lim",
        "rate_max", "check_status", "check_code", "check_duration", "hrsp_1xx", "hrsp_2xx", "hrsp_3xx", "hrsp_4xx",
        "hrsp_5xx", "hrsp_other", "hanafail", "req_rate", "req_rate_max", "req_tot", "cli_abrt", "srv_abrt", "comp_in",
        "comp_out", "comp_byp", "comp_rsp", "lastsess", "last_chk", "last_agt", "qtime", "ctime", "rtime", "ttime",
        "agent_status", "agent_code", "agent_duration", "check_desc", "agent_desc", "check_rise", "check_fall",
        "check_health", "agent_rise", "agent_fall", "agent_health", "addr", "cookie", "mode", "algo",
    ]

    private let snapshot: ProxySnapshot
    private let numbers: ProxyNumbers
    private let filter: StatisticsFilter
    private(set) var text: String

    /// - Parameter report: Of an engine that runs `snapshot`; what it does not have is left out.
    init(_ snapshot: ProxySnapshot, _ report: EngineReport, _ filter: StatisticsFilter) {
        self.snapshot = snapshot
        self.filter = filter
        numbers = ProxyNumbers(snapshot)
        text = "# " + Self.columns.joined(separator: ",") + ",\n"
        let frontends = Dictionary(report.frontends.map { ($0.name, $0) }) { first, _ in first }
        for frontend in snapshot.frontends where filter.types & 1 != 0 && isWanted(frontend.name) {
            if let report = frontends[frontend.name] { add(frontend, report) }
        }
        let backends = Dictionary(report.backends.map { ($0.proxy.name, $0) }) { first, _ in first }
        for backend in snapshot.backends where isWanted(backend.name) {
            guard let report = backends[backend.name] else { continue }
            if filter.types & 4 != 0 { addServers(backend, report) }
            if filter.types & 2 != 0 { add(backend, report) }
        }
    }

    private func isWanted(_ name: String) -> Bool {
        guard let wanted = filter.proxy else { return true }
        if wanted == name { return true }
        let digits = wanted.hasPrefix("#") ? wanted.dropFirst() : wanted[...]
        return Int(digits) == numbers[name]
    }

    private mutating func add(_ row: [String: String]) {
        for column in Self.columns {
            text += row[column] ?? ""
            text += ","
        }
        text += "\n"
    }

    private mutating func add(_ frontend: Frontend, _ report: ProxyReport) {
        var row = common(report, "FRONTEND", type: 0)
        row["sid"] = "0"
        row["status"] = "OPEN"
        let limit = frontend.maxConnections == 0 ? snapshot.settings.maxConnections : Int(frontend.maxConnections)
        row["slim"] = "\(limit)"
        if frontend.maxSessionRate > 0 { row["rate_lim"] = "\(frontend.maxSessionRate)" }
        row["dreq"] = "0"
        row["dresp"] = "0"
        row["ereq"] = "0"
        add(row)
    }

    private mutating func add(_ backend: Backend, _ report: BackendReport) {
        var row = common(report.proxy, "BACKEND", type: 1)
        let usable = zip(backend.servers, report.servers).filter { $1.isUp && !$0.isDisabled && $1.weight > 0 }
        row["sid"] = "0"
        row["qcur"] = "\(report.queue)"
        if backend.fullConnections > 0 { row["slim"] = "\(backend.fullConnections)" }
        row["status"] = usable.isEmpty && !backend.servers.isEmpty ? "DOWN" : "UP"
        // Backups count only while they stand in: the first of them, or all.
        let active = usable.filter { !$0.0.isBackup }
        let counting = !active.isEmpty ? active[...] : backend.usesAllBackups ? usable[...] : usable.prefix(1)
        row["weight"] = "\(counting.reduce(0) { $0 + $1.1.weight })"
        row["act"] = "\(active.count)"
        row["bck"] = "\(usable.count - active.count)"
        row["algo"] = backend.balance.algorithm.keyword
        add(errors(report.proxy.traffic, to: row))
    }

    private mutating func addServers(_ backend: Backend, _ report: BackendReport) {
        for (index, (server, report)) in zip(backend.servers, report.servers).enumerated() {
            let number = server.number(at: index)
            if let wanted = filter.server, wanted != number { continue }
            var row = common(report.proxy, server.name, type: 2)
            row["pxname"] = backend.name
            row["iid"] = numbers[backend.name].map { "\($0)" }
            row["sid"] = "\(number)"
            row["qcur"] = "\(report.queue)"
            if report.maxConnections > 0 { row["slim"] = "\(report.maxConnections)" }
            if server.limits.maxQueue > 0 { row["qlimit"] = "\(server.limits.maxQueue)" }
            row["status"] = ServerStatus(server, report).words
            row["weight"] = "\(report.weight)"
            row["act"] = server.isBackup ? "0" : "1"
            row["bck"] = server.isBackup ? "1" : "0"
            row["lastchg"] = "\(report.stableSeconds)"
            row["tracked"] = server.track.map { "\($0.backend)/\($0.server)" }
            row["addr"] = server.connection.path == nil ? "\(server.endpoint)" : "unix"
            addChecks(server, report, to: &row)
            add(errors(report.proxy.traffic, to: row))
        }
    }

    private func addChecks(_ server: Server, _ report: ServerReport, to row: inout [String: String]) {
        if let check = server.check, !server.isDisabled {
            row["chkfail"] = "\(report.failedChecks)"
            row["chkdown"] = "\(report.downs)"
            row["downtime"] = "\(report.downSeconds)"
            add(report.check, "check", to: &row)
            row["check_rise"] = "\(check.rise)"
            row["check_fall"] = "\(check.fall)"
        }
        if server.agent != nil, !server.isDisabled {
            add(report.agent, "agent", to: &row)
            row["agent_rise"] = "1"
            row["agent_fall"] = "1"
        }
    }

    private func add(_ check: CheckReport, _ prefix: String, to row: inout [String: String]) {
        // Before the first result HAProxy says so, too.
        let status = check.duration == nil ? CheckStatus.initializing : check.status
        row[prefix + "_status"] = status.rawValue
        row[prefix + "_desc"] = status.words
        row[prefix + "_duration"] = check.duration.map { "\($0)" }
        if status.hasCode { row[prefix + "_code"] = "\(check.code)" }
        row[prefix + "_health"] = "\(check.health)"
    }

    private func common(_ report: ProxyReport, _ name: String, type: Int) -> [String: String] {
        let traffic = report.traffic
        return [
            "pxname": report.name, "svname": name, "scur": "\(report.connections)", "smax": "\(traffic.most)",
            "stot": "\(traffic.sessions)", "bin": "\(traffic.bytesIn)", "bout": "\(traffic.bytesOut)", "pid": "1",
            "iid": numbers[report.name].map { "\($0)" } ?? "", "type": "\(type)", "mode": "tcp",
        ]
    }

    private func errors(_ traffic: TrafficReport, to row: [String: String]) -> [String: String] {
        var row = row
        row["econ"] = "\(traffic.connectErrors)"
        row["eresp"] = "\(traffic.responseErrors)"
        row["wretr"] = "\(traffic.retries)"
        row["wredis"] = "\(traffic.redispatches)"
        row["cli_abrt"] = "\(traffic.clientAborts)"
        row["srv_abrt"] = "\(traffic.serverAborts)"
        row["lbtot"] = "\(traffic.chosen)"
        row["lastsess"] = traffic.idleSeconds.map { "\($0)" } ?? "-1"
        return row
    }
}

/// Numbers of proxies, in the order of the snapshot; the two sides of a `listen` have the same.
struct ProxyNumbers {
    private var numbers: [String: Int] = [:]

    init(_ snapshot: ProxySnapshot) {
        // HAProxy's own proxies come before.
        var next = 2
        for name in snapshot.frontends.map({ $0.name }) + snapshot.backends.map({ $0.name })
        where numbers[name] == nil {
            numbers[name] = next
            next += 1
        }
    }

    subscript(name: String) -> Int? { numbers[name] }
}

extension Server {
    /// `id`, or its place.
    func number(at index: Int) -> Int { id == 0 ? index + 1 : Int(id) }
}

extension Balance.Algorithm {
    /// As in the configuration.
    var keyword: String {
        switch self {
        case .roundRobin: "roundrobin"
        case .staticRoundRobin: "static-rr"
        case .leastConnections: "leastconn"
        case .first: "first"
        case .source: "source"
        case .random: "random"
        }
    }
}
