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
        fields: Checks.fields + [
            .slot("body", .text),
            .slot("body_log_format", .text),
            .slot(
                "headers",
                .list(.object([.slot("name", .text, required: true), .slot("fmt", .text, required: true)]))
            ),
            .slot("match", .enumeration(["status", "rstatus", "hdr", "fhdr", "string", "rstring"])),
            .slot(
                "method",
                .enumeration(["HEAD", "PUT", "POST", "GET", "TRACE", "PATCH", "DELETE", "CONNECT", "OPTIONS"])
            ),
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
            .slot("var_format", .text),
            .slot("version", .text),
        ],
        templates: Checks.templates("http-check", "type", pattern: "{pattern*}", format: "var_format") + [
            "http-check {type=disable-on-404}",
            "http-check {type=send-state}",
            """
            http-check {type=send} \
            <[meth {method}] [uri {uri}] [uri-lf {uri_log_format}] [ver {version}] [%headers hdr {name} {fmt}%] \
            [body {body}] [body-lf {body_log_format}] [comment {check_comment}]>
            """,
        ]
    )
}
