extension Resource {
    /// `tcp-response` lines of a backend (HAProxy 4.2).
    static let tcpResponseRules = Resource(
        "tcp_response_rules",
        name: "tcp_response_rule",
        .line(keyword: "tcp-response"),
        identity: .index,
        parents: [.backend],
        newParents: [.defaults],
        addressing: .parameterOrPath,
        fullName: "tcp_response_rule_list",
        fields: TCPRules.fields + [
            .slot(
                "action",
                .enumeration([
                    "accept", "close", "lua", "reject", "sc-add-gpc", "sc-inc-gpc", "sc-inc-gpc0", "sc-inc-gpc1",
                    "sc-set-gpt", "sc-set-gpt0", "send-spoe-group", "set-bandwidth-limit", "set-log-level", "set-mark",
                    "set-nice", "set-tos", "set-var", "set-var-fmt", "silent-drop", "unset-var",
                ])
            ).only(.v2),
            .slot(
                "action",
                .enumeration([
                    "accept", "close", "lua", "reject", "sc-add-gpc", "sc-inc-gpc", "sc-inc-gpc0", "sc-inc-gpc1",
                    "sc-set-gpt", "sc-set-gpt0", "send-spoe-group", "set-bandwidth-limit", "set-fc-mark", "set-fc-tos",
                    "set-log-level", "set-mark", "set-nice", "set-tos", "set-var", "set-var-fmt", "silent-drop",
                    "unset-var", "do-log",
                ])
            ).only(.v3),
            .slot("sc_expr", .text),
            .slot("sc_id", .integer()),
            .slot("sc_idx", .integer()),
            .slot("spoe_engine", .word),
            .slot("spoe_group", .word),
            .slot("type", .enumeration(["content", "inspect-delay"]), required: true),
        ],
        templates: [
            "tcp-response {type=inspect-delay} {timeout}",
            "tcp-response {type=content} {action=close} ?",
            "tcp-response {type=content} {action=sc-add-gpc}({sc_idx},{sc_id}) {sc_int} ?",
            "tcp-response {type=content} {action=sc-add-gpc}({sc_idx},{sc_id}) {sc_expr*} ?",
            "tcp-response {type=content} {action=sc-inc-gpc}({sc_idx},{sc_id}) ?",
            "tcp-response {type=content} {action=sc-inc-gpc0}({sc_id}) ?",
            "tcp-response {type=content} {action=sc-inc-gpc1}({sc_id}) ?",
            "tcp-response {type=content} {action=sc-set-gpt}({sc_idx},{sc_id}) {sc_int} ?",
            "tcp-response {type=content} {action=sc-set-gpt}({sc_idx},{sc_id}) {sc_expr*} ?",
            "tcp-response {type=content} {action=sc-set-gpt0}({sc_id}) {sc_int} ?",
            "tcp-response {type=content} {action=sc-set-gpt0}({sc_id}) {expr*} ?",
            "tcp-response {type=content} {action=send-spoe-group} {spoe_engine} {spoe_group} ?",
        ] + TCPRules.templates("tcp-response {type=content}")
    )
}
