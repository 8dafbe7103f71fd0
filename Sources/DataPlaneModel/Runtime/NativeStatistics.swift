internal import RuntimeAPI

extension DataPlane {
    /// `GET stats/native`: counters of frontends, backends and servers, all or those that the query names.
    func nativeStatistics(_ call: ServiceRequest) throws(APIError) -> APIResponse {
        let kinds = NativeStatistics.kinds
        let kind = call.request.parameter("type")
        if let kind, !kinds.contains(kind) {
            throw .violation(.oneOf, "type in query should be one of [\(kinds.joined(separator: " "))]")
        }
        let name = call.request.parameter("name")
        let parent = call.request.parameter("parent")
        var answer = JSONObject()
        do throws(APIError) {
            answer["runtimeAPI"] = .string(try runtimeClient().entry.path)
            let objects = try ask(ShowStat()).lazy.compactMap { NativeStatistics($0) }
            let wanted = objects.filter {
                (kind == nil || $0.kind == kind) && (name == nil || $0.name == name)
                    && (parent == nil || $0.backend == parent)
            }
            answer["stats"] = .array(wanted.map { $0.object })
        } catch {
            answer["error"] = .string(error.message)
        }
        return APIResponse(200, call.isV3 ? .object(answer) : [.object(answer)])
    }
}

/// `native_stat`: a line of `show stat`.
struct NativeStatistics {
    static let kinds = ["frontend", "backend", "server"]

    let kind: String
    let name: String
    /// Of a server: the backend that it is in.
    let backend: String?
    private let row: RuntimeTable.Row

    /// nil for a line of another kind: a bind's socket.
    init?(_ row: RuntimeTable.Row) {
        guard let proxy = row["pxname"], let server = row["svname"] else { return nil }
        self.row = row
        switch row.number("type") {
        case 0: (kind, name, backend) = ("frontend", proxy, nil)
        case 1: (kind, name, backend) = ("backend", proxy, nil)
        case 2: (kind, name, backend) = ("server", server, proxy)
        default: return nil
        }
    }

    var object: JSONValue {
        var stats = JSONObject()
        for column in Self.texts {
            guard let value = row[column] else { continue }
            // A star before the state says that a check is under way.
            stats[column] = .string(value.hasPrefix("* ") ? String(value.dropFirst(2)) : value)
        }
        for column in Self.numbers { stats[column] = row.number(column).map { .integer($0) } }
        var object: JSONObject = ["type": .string(kind), "name": .string(name)]
        object["backend_name"] = backend.map { .string($0) }
        object["stats"] = .object(stats)
        return .object(object)
    }

    private static let texts = [
        "addr", "agent_desc", "agent_status", "algo", "check_desc", "check_status", "cookie", "hanafail", "last_agt",
        "last_chk", "mode", "status", "tracked",
    ]

    private static let numbers = [
        "act", "agent_code", "agent_duration", "agent_fall", "agent_health", "agent_rise", "bck", "bin", "bout",
        "check_code", "check_duration", "check_fall", "check_health", "check_rise", "chkdown", "chkfail", "cli_abrt",
        "comp_byp", "comp_in", "comp_out", "comp_rsp", "conn_rate", "conn_rate_max", "conn_tot", "ctime", "dcon",
        "downtime", "dreq", "dresp", "dses", "econ", "ereq", "eresp", "hrsp_1xx", "hrsp_2xx", "hrsp_3xx", "hrsp_4xx",
        "hrsp_5xx", "hrsp_other", "iid", "intercepted", "lastchg", "lastsess", "lbtot", "pid", "qcur", "qlimit", "qmax",
        "qtime", "rate", "rate_lim", "rate_max", "req_rate", "req_rate_max", "req_tot", "rtime", "scur", "sid", "slim",
        "smax", "srv_abrt", "stot", "throttle", "ttime", "weight", "wredis", "wretr",
    ]
}
