extension Resource {
    /// `tcp-check` lines (HAProxy 4.2).
    static let tcpChecks = Resource(
        "tcp_checks",
        name: "tcp_check",
        .line(keyword: "tcp-check"),
        identity: .index,
        parents: [.backend, .defaults],
        addressing: .typedOrPath,
        fullName: "tcp_check_rule_list",
        fields: [
            .slot(
                "action",
                .enumeration([
                    "comment", "connect", "expect", "send", "send-lf", "send-binary", "send-binary-lf", "set-var",
                    "set-var-fmt", "unset-var",
                ]),
                required: true
            ),
            .slot("addr", .word),
            .slot("alpn", .word),
            .slot("check_comment", .text),
            .slot("data", .text),
            .slot("default", .boolean),
            .slot("error_status", .enumeration(["L7OKC", "L7RSP", "L7STS", "L6RSP", "L4CON"])),
            .slot("exclamation_mark", .boolean),
            .slot("fmt", .text),
            .slot("hex_fmt", .text),
            .slot("hex_string", .text),
            .slot("linger", .boolean),
            .slot("log_message", .text).only(.v2),
            .slot("match", .enumeration(["string", "rstring", "string-lf", "binary", "rbinary", "binary-lf"])),
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
            .slot("var_fmt", .text),
            .slot("var_name", .word),
            .slot("var_scope", .word),
            .slot("via_socks4", .boolean),
        ],
        templates: [
            "tcp-check {action=comment} {log_message}",
            "tcp-check {action=comment} {check_comment}",
            """
            tcp-check {action=connect} \
            <[{default=default}] [port {port}] [port {port_string}] [addr {addr}] [{send_proxy=send-proxy}] \
            [{via_socks4=via-socks4}] [{ssl=ssl}] [sni {sni}] [alpn {alpn}] [{linger=linger}] [proto {proto}] \
            [comment {check_comment}]>
            """,
            """
            tcp-check {action=expect} \
            <[min-recv {min_recv}] [comment {check_comment}] [ok-status {ok_status}] [error-status {error_status}] \
            [tout-status {tout_status}] [on-success {on_success}] [on-error {on_error}] \
            [status-code {status-code}]> \
            [{exclamation_mark=!}] {match} {pattern}
            """,
            "tcp-check {action=send} {data} [comment {check_comment}]",
            "tcp-check {action=send-lf} {fmt} [comment {check_comment}]",
            "tcp-check {action=send-binary} {hex_string} [comment {check_comment}]",
            "tcp-check {action=send-binary-lf} {hex_fmt} [comment {check_comment}]",
            "tcp-check {action=set-var}({var_scope}.{var_name}) {var_expr*}",
            "tcp-check {action=set-var-fmt}({var_scope}.{var_name}) {var_fmt}",
            "tcp-check {action=unset-var}({var_scope}.{var_name})",
        ]
    )
}
