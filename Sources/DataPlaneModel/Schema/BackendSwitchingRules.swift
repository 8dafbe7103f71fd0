extension Resource {
    /// `use_backend` lines of a frontend, in the order in which they are tried (HAProxy 4.2).
    static let backendSwitchingRules = Resource(
        "backend_switching_rules",
        name: "backend_switching_rule",
        .line(keyword: "use_backend"),
        identity: .index,
        parents: [.frontend],
        addressing: .parameterOrPath,
        fullName: "backend_switching_rule_list",
        fields: [.slot("name", .word, required: true)] + Field.condition,
        templates: ["use_backend {name} ?"]
    )
}
