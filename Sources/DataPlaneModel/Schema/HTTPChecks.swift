extension Resource {
    /// `http-check` lines (HAProxy 4.2).
    static let httpChecks = Resource(
        "http_checks",
        name: "http_check",
        .line(keyword: "http-check"),
        identity: .index,
        parents: [.backend, .defaults],
        addressing: .typedOrPath,
        fullName: "http_check_list",
        fields: [
            .slot("addr", .word),
            .slot("alpn", .word),
            .slot("body", .text),
            .slot("body_log_format", .text),
            .slot("check_comment", .text),
            .slot("default", .boolean),
            .slot("error_status", .enumeration(["L7OKC", "L7RSP", "L7STS", "L6RSP", "L4CON"])),
            .slot("exclamation_mark", .boolean),
            .slot(
                "headers",
                .list(.object([.slot("name", .text, required: true), .slot("fmt", .text, required: true)]))
            ),
            .slot("linger", .boolean),
            .slot("match", .enumeration(["status", "rstatus", "hdr", "fhdr", "string", "rstring"])),
            .slot(
                "method",
                .enumeration(["HEAD", "PUT", "POST", "GET", "TRACE", "PATCH", "DELETE", "CONNECT", "OPTIONS"])
            ),
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
            .slot(
                "type",
                .enumeration([
                    "comment", "connect", "disable-on-404", "expect", "send", "send-state", "set-var", "set-var-fmt",
                    "unset-var",
                ]),
                required: true
            ),
            .slot("uri", .text),
            .slot("uri_log_format", .text),
            .slot("var_expr", .text),
            .slot("var_format", .text),
            .slot("var_name", .word),
            .slot("var_scope", .word),
            .slot("version", .text),
            .slot("via_socks4", .boolean),
        ],
        templates: [
            "http-check {type=comment} {check_comment}",
            "http-check {type=disable-on-404}",
            "http-check {type=send-state}",
            """
            http-check {type=connect} \
            <[{default=default}] [port {port}] [port {port_string}] [addr {addr}] [{send_proxy=send-proxy}] \
            [{via_socks4=via-socks4}] [{ssl=ssl}] [sni {sni}] [alpn {alpn}] [{linger=linger}] [proto {proto}] \
            [comment {check_comment}]>
            """,
            """
            http-check {type=send} \
            <[meth {method}] [uri {uri}] [uri-lf {uri_log_format}] [ver {version}] [%headers hdr {name} {fmt}%] \
            [body {body}] [body-lf {body_log_format}] [comment {check_comment}]>
            """,
            """
            http-check {type=expect} \
            <[min-recv {min_recv}] [comment {check_comment}] [ok-status {ok_status}] [error-status {error_status}] \
            [tout-status {tout_status}] [on-success {on_success}] [on-error {on_error}] \
            [status-code {status-code}]> \
            [{exclamation_mark=!}] {match} {pattern*}
            """,
            "http-check {type=set-var}({var_scope}.{var_name}) {var_expr*}",
            "http-check {type=set-var-fmt}({var_scope}.{var_name}) {var_format}",
            "http-check {type=unset-var}({var_scope}.{var_name})",
        ]
    )
}
