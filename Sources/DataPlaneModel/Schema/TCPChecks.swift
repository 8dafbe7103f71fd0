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
        fields: Checks.fields + [
            .slot(
                "action",
                .enumeration([
                    "comment", "connect", "expect", "send", "send-lf", "send-binary", "send-binary-lf", "set-var",
                    "set-var-fmt", "unset-var",
                ]),
                required: true
            ),
            .slot("data", .text),
            .slot("fmt", .text),
            .slot("hex_fmt", .text),
            .slot("hex_string", .text),
            .slot("log_message", .text).only(.v2),
            .slot("match", .enumeration(["string", "rstring", "string-lf", "binary", "rbinary", "binary-lf"])),
            .slot("var_fmt", .text),
        ],
        templates: ["tcp-check {action=comment} {log_message}"]
            + Checks.templates("tcp-check", "action", pattern: "{pattern}", format: "var_fmt")
            + [
                "tcp-check {action=send} {data} [comment {check_comment}]",
                "tcp-check {action=send-lf} {fmt} [comment {check_comment}]",
                "tcp-check {action=send-binary} {hex_string} [comment {check_comment}]",
                "tcp-check {action=send-binary-lf} {hex_fmt} [comment {check_comment}]",
            ]
    )
}
