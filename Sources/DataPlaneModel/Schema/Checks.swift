extension Resource {
    /// What `http-check` and `tcp-check` have in common (HAProxy 4.2).
    enum Checks {
        static let fields: [Field] = [
            .slot("addr", .word),
            .slot("alpn", .word),
            .slot("check_comment", .text),
            .slot("default", .boolean),
            .slot("error_status", .enumeration(["L7OKC", "L7RSP", "L7STS", "L6RSP", "L4CON"])),
            .slot("exclamation_mark", .boolean),
            .slot("linger", .boolean),
            .slot("min_recv", .integer()),
            .slot("ok_status", .enumeration(["L7OK", "L7OKC", "L6OK", "L4OK"])),
            .slot("on_error", .text),
            .slot("on_success", .text),
            .slot("pattern", .text),
            .slot("port", .port),
            .slot("port_string", .text),
            .slot("proto", .text),
            .slot("send_proxy", .boolean),
            .slot("sni", .text),
            .slot("ssl", .boolean),
            .slot("status-code", .text),
            .slot("tout_status", .enumeration(["L7TOUT", "L6TOUT", "L4TOUT"])),
            .slot("var_expr", .text),
            .slot("var_name", .word),
            .slot("var_scope", .word),
            .slot("via_socks4", .boolean),
        ]

        /// - Parameters:
        ///   - keyword: First word of the line.
        ///   - kind: The member that says what the line is.
        ///   - pattern: What is expected, in the notation of ``Template``.
        ///   - format: The member of `set-var-fmt`.
        static func templates(_ keyword: String, _ kind: String, pattern: String, format: String) -> [Template] {
            [
                "\(keyword) {\(kind)=comment} {check_comment}",
                """
                \(keyword) {\(kind)=connect} \
                <[{default=default}] [port {port}] [port {port_string}] [addr {addr}] [{send_proxy=send-proxy}] \
                [{via_socks4=via-socks4}] [{ssl=ssl}] [sni {sni}] [alpn {alpn}] [{linger=linger}] [proto {proto}] \
                [comment {check_comment}]>
                """,
                """
                \(keyword) {\(kind)=expect} \
                <[min-recv {min_recv}] [comment {check_comment}] [ok-status {ok_status}] [error-status {error_status}] \
                [tout-status {tout_status}] [on-success {on_success}] [on-error {on_error}] \
                [status-code {status-code}]> \
                [{exclamation_mark=!}] {match} \(pattern)
                """,
                "\(keyword) {\(kind)=set-var}({var_scope}.{var_name}) {var_expr*}",
                "\(keyword) {\(kind)=set-var-fmt}({var_scope}.{var_name}) {\(format)}",
                "\(keyword) {\(kind)=unset-var}({var_scope}.{var_name})",
            ]
        }
    }
}
