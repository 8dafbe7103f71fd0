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
        fields: [
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
            .slot("bandwidth_limit_limit", .text),
            .slot("bandwidth_limit_name", .text),
            .slot("bandwidth_limit_period", .text),
            .slot("cond", .condition),
            .slot("cond_test", .text),
            .slot("expr", .text),
            .slot(
                "log_level",
                .enumeration(["emerg", "alert", "crit", "err", "warning", "notice", "info", "debug", "silent"])
            ),
            .slot("lua_action", .word),
            .slot("lua_params", .text),
            .slot("mark_value", .string(.number)),
            .slot("nice_value", .integer(-1024...1024)),
            .slot("rst_ttl", .integer()),
            .slot("sc_expr", .text),
            .slot("sc_id", .integer()),
            .slot("sc_idx", .integer()),
            .slot("sc_int", .integer()),
            .slot("spoe_engine", .word),
            .slot("spoe_group", .word),
            .slot("timeout", .time()),
            .slot("tos_value", .string(.number)),
            .slot("type", .enumeration(["content", "inspect-delay"]), required: true),
            .slot("var_format", .text),
            .slot("var_name", .word),
            .slot("var_scope", .word),
            .slot("log_profile", .text).only(.v3),
        ],
        templates: [
            "tcp-response {type=inspect-delay} {timeout}",
            "tcp-response {type=content} {action=accept} ?",
            "tcp-response {type=content} {action=reject} ?",
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
            "tcp-response {type=content} {action=set-fc-mark} {expr*} ?",
            "tcp-response {type=content} {action=set-fc-tos} {expr*} ?",
            "tcp-response {type=content} {action=send-spoe-group} {spoe_engine} {spoe_group} ?",
            """
            tcp-response {type=content} {action=set-bandwidth-limit} {bandwidth_limit_name} <[limit \
            {bandwidth_limit_limit*}] [period {bandwidth_limit_period}]> ?
            """,
            "tcp-response {type=content} {action=set-log-level} {log_level} ?",
            "tcp-response {type=content} {action=set-mark} {mark_value} ?",
            "tcp-response {type=content} {action=set-tos} {tos_value} ?",
            "tcp-response {type=content} {action=set-nice} {nice_value} ?",
            "tcp-response {type=content} {action=set-var}({var_scope}.{var_name}) {expr*} ?",
            "tcp-response {type=content} {action=set-var-fmt}({var_scope}.{var_name}) {var_format} ?",
            "tcp-response {type=content} {action=unset-var}({var_scope}.{var_name}) ?",
            "tcp-response {type=content} {action=silent-drop} [rst-ttl {rst_ttl}] ?",
            "tcp-response {type=content} {action=lua}.{lua_action} [{lua_params*}] ?",
            "tcp-response {type=content} {action=do-log} [profile {log_profile}] ?",
        ]
    )
}
