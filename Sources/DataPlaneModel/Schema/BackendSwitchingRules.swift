extension Resource {
    /// `use_backend` lines of a frontend, in the order in which they are tried (HAProxy 4.2).
    static let backendSwitchingRules = Resource(
        "backend_switching_rules",
        name: "backend_switching_rule",
        .line(keyword: "use_backend"),
        identity: .index,
        parent: Parent(kind: "frontend", allowsParentType: false),
        fields: [
            Field("index", .integer(0...Int(Int32.max)), .index, required: true),
            Field("name", .string(.word), .position(1), required: true),
            Field("cond", .enumeration(["if", "unless"]), .choice([("if", ["if"]), ("unless", ["unless"])])),
            Field("cond_test", .string(), .remainder([])),
        ]
    )

    /// Every resource under `/services/haproxy/configuration`.
    public static let all: [Resource] = [
        global, defaults, frontends, binds, backendSwitchingRules, backends, servers,
    ]
}
