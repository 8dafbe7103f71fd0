extension Resource {
    /// What `tcp-request` and `tcp-response` rules have in common (HAProxy 4.2).
    enum TCPRules {
        static let fields: [Field] = [
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
            .slot("sc_int", .integer()),
            .slot("timeout", .time()),
            .slot("tos_value", .string(.number)),
            .slot("var_format", .text),
            .slot("var_name", .word),
            .slot("var_scope", .word),
            .slot("log_profile", .text).only(.v3),
        ]

        /// - Parameter head: The words before the action, in the notation of ``Template``.
        static func templates(_ head: String) -> [Template] {
            [
                "\(head) {action=accept} ?",
                "\(head) {action=reject} ?",
                "\(head) {action=set-fc-mark} {expr*} ?",
                "\(head) {action=set-fc-tos} {expr*} ?",
                """
                \(head) {action=set-bandwidth-limit} {bandwidth_limit_name} <[limit {bandwidth_limit_limit*}] \
                [period {bandwidth_limit_period}]> ?
                """,
                "\(head) {action=set-log-level} {log_level} ?",
                "\(head) {action=set-mark} {mark_value} ?",
                "\(head) {action=set-tos} {tos_value} ?",
                "\(head) {action=set-nice} {nice_value} ?",
                "\(head) {action=set-var}({var_scope}.{var_name}) {expr*} ?",
                "\(head) {action=set-var-fmt}({var_scope}.{var_name}) {var_format} ?",
                "\(head) {action=unset-var}({var_scope}.{var_name}) ?",
                "\(head) {action=silent-drop} [rst-ttl {rst_ttl}] ?",
                "\(head) {action=lua}.{lua_action} [{lua_params*}] ?",
                "\(head) {action=do-log} [profile {log_profile}] ?",
            ]
        }
    }
}
