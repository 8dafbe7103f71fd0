extension Resource {
    /// `stick` lines of a backend (HAProxy 4.2).
    static let stickRules = Resource(
        "stick_rules",
        name: "stick_rule",
        .line(keyword: "stick"),
        identity: .index,
        parents: [.backend],
        addressing: .parameterOrPath,
        fullName: "stick_rule_list",
        fields: [
            .slot("cond", .condition),
            .slot("cond_test", .text),
            .slot("pattern", .word, required: true),
            .slot("table", .word),
            .slot("type", .enumeration(["match", "on", "store-request", "store-response"]), required: true),
        ],
        templates: [
            "stick {type} {pattern} [table {table}] ?"
        ]
    )
}
