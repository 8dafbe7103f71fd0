/// What bodies of services hold, for the specification, by the names that the originals have for them.
enum ServiceSchemas {
    static let definitions: JSONObject = [
        "runtime_server": object(
            strings: ["id", "name", "address"],
            integers: ["port", "weight"],
            others: [
                "admin_state": ["type": "string", "enum": ["ready", "maint", "drain"]],
                "operational_state": ["type": "string", "enum": ["up", "down", "stopping"]],
            ]
        ),
        "process_info": object(strings: ["error", "runtimeAPI"], others: ["info": ["type": "object"]]),
        "native_stats_collection": object(
            strings: ["error", "runtimeAPI"],
            others: ["stats": list(reference("native_stat"))]
        ),
        "native_stat": object(
            strings: ["name", "backend_name"],
            others: [
                "type": ["type": "string", "enum": .array(NativeStatistics.kinds.map { .string($0) })],
                "stats": ["type": "object"],
            ]
        ),
        "runtime_stick_table": object(
            strings: ["name", "type"],
            integers: ["size", "used"],
            others: ["fields": list(["type": "object"])]
        ),
        "stick_table_entry": object(strings: ["id", "key"], integers: ["exp"], others: ["use": ["type": "boolean"]]),
        "map": object(strings: ["id", "file", "description", "storage_name"], integers: ["size"]),
        "map_entry": object(strings: ["id", "key", "value"]),
        "acl_file": object(strings: ["id", "storage_name", "description"]),
        "acl_file_entry": object(strings: ["id", "value"]),
        "stored_file": object(
            strings: [
                "id", "file", "storage_name", "description", "subject", "issuers", "serial", "not_before", "not_after",
                "domains", "ip_addresses",
            ],
            integers: ["size"]
        ),
        "vip_range": object(
            strings: ["range", "first", "last", "problem"],
            integers: ["used"],
            others: [
                "size": ["type": "number"], "utilisation": ["type": "number"], "applied": ["type": "boolean"],
                "addresses": list(
                    object(strings: ["address"], others: ["frontends": list(["type": "string"])])
                ),
            ]
        ),
        "kept_version": object(
            strings: ["time"],
            integers: ["version"],
            others: [
                "origin": ["type": "string", "enum": ["api", "edit", "restore"]], "in_effect": ["type": "boolean"],
            ]
        ),
        "version_difference": object(
            integers: ["from", "to", "omitted"],
            others: ["lines": list(["type": "string"])]
        ),
        "restored_version": object(integers: ["_version", "restored"]),
        "quarantined": object(strings: ["kind", "name", "address", "reason"]),
    ]

    static func reference(_ name: String) -> JSONValue { DefinitionTable.reference(name) }

    static func list(_ element: JSONValue) -> JSONValue { DefinitionTable.list(element) }

    private static func object(
        strings: [String] = [],
        integers: [String] = [],
        others: JSONObject = [:]
    ) -> JSONValue {
        var properties = JSONObject()
        for name in strings { properties[name] = ["type": "string"] }
        for name in integers { properties[name] = ["type": "integer"] }
        for member in others.members { properties[member.name] = member.value }
        return ["type": "object", "properties": .object(properties)]
    }
}

extension [ServiceRoute] {
    /// Answering with this definition; a list of it where the path names none of them.
    ///
    /// - Parameter versions: Those that answer with a list, where it is not the path that says so.
    func giving(_ name: String, listIn versions: [String]? = nil) -> [ServiceRoute] {
        map { route in
            var route = route
            let element = ServiceSchemas.reference(name)
            let isItem = route.path.last?.hasPrefix("{") ?? false
            let isList = versions?.contains(route.path[0]) ?? (!isItem && route.method != "POST")
            route.schema = isList ? ServiceSchemas.list(element) : element
            return route
        }
    }
}
