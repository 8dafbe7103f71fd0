extension Resource {
    /// `use-server` lines of a backend (HAProxy 4.2).
    static let serverSwitchingRules = Resource(
        "server_switching_rules",
        name: "server_switching_rule",
        .line(keyword: "use-server"),
        identity: .index,
        parents: [.backend],
        addressing: .parameterOrPath,
        fullName: "server_switching_rule_list",
        fields: [
            .slot("cond", .condition),
            .slot("cond_test", .text),
            .slot("target_server", .word, required: true),
        ],
        templates: [
            "use-server {target_server} ?"
        ]
    )
}
