internal import ProxyConfig
internal import RuntimeAPI

extension ServiceRoute {
    static let stickTables: [ServiceRoute] = {
        let path = runtimePath + ["stick_tables"]
        return of(both, "GET", path) { plane, _ throws(APIError) in try plane.listStickTables() }
            .taking("process", "integer", only: "v2").giving("runtime_stick_table")
            + of(both, "GET", path + ["{name}"]) { plane, call throws(APIError) in try plane.getStickTable(call) }
            .taking("process", "integer", isRequired: true, only: "v2").giving("runtime_stick_table")
            + entries("v2", runtimePath + ["stick_table_entries"])
            .taking("stick_table", isRequired: true).taking("process", "integer", isRequired: true)
            + entries("v3", path + ["{parent_name}", "entries"])
    }()

    private static func entries(_ version: String, _ path: [String]) -> [ServiceRoute] {
        of([version], "GET", path) { plane, call throws(APIError) in try plane.listStickTableEntries(call) }
            .taking("filter").taking("key").taking("count", "integer").taking("offset", "integer")
            .giving("stick_table_entry")
            + of([version], "POST", path) { plane, call throws(APIError) in try plane.setStickTableEntry(call) }
            .carrying(.json(name: "stick_table_entry")).answering(204, 400, 404)
    }
}

extension DataPlane {
    func listStickTables() throws(APIError) -> APIResponse {
        let file = try read { state in state.workspace.file }
        return APIResponse(200, .array(try ask(ShowTables()).map { Self.object($0, file) }))
    }

    func getStickTable(_ call: ServiceRequest) throws(APIError) -> APIResponse {
        let name = call.argument("name")
        guard let table = try ask(ShowTables()).first(where: { $0.name == name }) else {
            throw .missing("stick table \(name)")
        }
        return APIResponse(200, Self.object(table, try read { state in state.workspace.file }))
    }

    /// The entries of a table: those that match `filter` (HAProxy's words, several with commas between) or have `key`,
    /// from `offset` on, at most `count`.
    func listStickTableEntries(_ call: ServiceRequest) throws(APIError) -> APIResponse {
        let filter = call.request.parameter("filter")?.split(separator: ",").flatMap { part in
            part.split(separator: " ").map { String($0) }
        }
        let command = ShowTable(
            try call.parent("stick_table"),
            key: call.request.parameter("key"),
            filter: filter ?? []
        )
        let offset = try call.request.number("offset") ?? 0
        let count = try call.request.number("count") ?? Int.max
        guard offset >= 0, count >= 0 else { throw .violation(.minimum, "count and offset in query are not negative") }
        return APIResponse(200, .array(try ask(command).dropFirst(offset).prefix(count).map { Self.object($0) }))
    }

    /// Sets values of a key: `{"key": …, "data_type": {"gpc0": 1}}`. A key that is not there is added.
    func setStickTableEntry(_ call: ServiceRequest) throws(APIError) -> APIResponse {
        let body = try call.body()
        try body.allow(only: ["key", "data_type"])
        let key = try body.required("key")
        guard let data = body.object["data_type"] else { throw .violation(.required, "data_type in body is required") }
        let members = try BodyMembers(data)
        var values: [(type: String, value: Int)] = []
        for member in members.object.members where !Self.readOnlyMembers.contains(member.name) {
            guard Self.counters.contains(member.name) else {
                throw .violation(.unknown, "data_type.\(member.name) in body is a forbidden property")
            }
            guard let value = try members.integer(member.name, in: 0...Int.max) else { continue }
            values.append((member.name, value))
        }
        guard !values.isEmpty else { throw .violation(.required, "data_type in body has no value to set") }
        try ask(SetTable(try call.parent("stick_table"), key: key, values))
        return APIResponse(204)
    }

    private static func object(_ entry: StickTableEntry) -> JSONValue {
        var object: JSONObject = ["id": .string(entry.id), "key": .string(entry.key)]
        object["use"] = entry.values["use"].map { .boolean($0 != 0) }
        object["exp"] = entry.values["exp"].map { .integer($0) }
        for counter in counters { object[counter] = entry.values[counter].map { .integer($0) } }
        return .object(object)
    }

    /// A table with what it stores, which the process does not tell: the configuration does.
    private static func object(_ table: RuntimeStickTable, _ file: ConfigurationFile) -> JSONValue {
        let sections = ["backend", "frontend", "listen"].lazy.compactMap { file.section($0, table.name) }
        let words = sections.compactMap { section in
            section.lines.first { $0.words.first == "stick-table" }?.words
        }.first
        var object: JSONObject = [
            "name": .string(table.name), "type": .string(table.type), "size": .integer(table.size),
            "used": .integer(table.used),
        ]
        if let words, let store = words.firstIndex(of: "store"), store + 1 < words.count {
            object["fields"] = .array(words[store + 1].split(separator: ",").map { field($0) })
        }
        return .object(object)
    }

    /// `conn_rate(10s)`: a rate over a period, in milliseconds; `gpc0`: a counter.
    private static func field(_ stored: Substring) -> JSONValue {
        let parts = stored.split(whereSeparator: { "()".contains($0) })
        var object: JSONObject = ["field": .string(String(parts.first ?? ""))]
        let isRate = parts.first?.hasSuffix("_rate") ?? false
        object["type"] = isRate ? "rate" : "counter"
        if parts.count > 1, isRate { object["period"] = ValueCoding.decode(String(parts[1]), .time()) }
        if parts.count > 1, !isRate { object["idx"] = Int(parts[1]).map { .integer($0) } }
        return .object(object)
    }

    private static let readOnlyMembers: Set<String> = ["id", "key", "use", "exp"]

    private static let counters = [
        "bytes_in_cnt", "bytes_in_rate", "bytes_out_cnt", "bytes_out_rate", "conn_cnt", "conn_cur", "conn_rate",
        "glitch_cnt", "glitch_rate", "gpc0", "gpc0_rate", "gpc1", "gpc1_rate", "gpt0", "http_err_cnt", "http_err_rate",
        "http_fail_cnt", "http_fail_rate", "http_req_cnt", "http_req_rate", "server_id", "sess_cnt", "sess_rate",
    ]
}
