extension Field {
    /// How servers are chosen and kept to.
    static let choosing: [Field] = [
        .cookie,
        .object(
            "persist_rule",
            [.slot("type", .enumeration(["rdp-cookie"]), required: true), .slot("rdp_cookie_name", .word)],
            "persist {type=rdp-cookie}({rdp_cookie_name})",
            "persist {type=rdp-cookie}"
        ),
        .object(
            "redispatch",
            [.slot("enabled", .toggle, required: true), .slot("interval", .integer())],
            "option {enabled:enabled=redispatch} [{interval}]",
            "no option {enabled:disabled=redispatch}"
        ),
        .source,
        .oneOf("hash_preserve_affinity", values: ["always", "maxconn", "maxqueue"]).only(.v3),
        .object(
            "use_small_buffers",
            [
                .slot("enabled", .toggle, required: true), .slot("queue", .boolean), .slot("l7_retries", .boolean),
                .slot("check", .boolean),
            ],
            "option {enabled:enabled=use-small-buffers} <[{queue=queue}] [{l7_retries=l7-retries}] [{check=check}]>",
            "no option {enabled:disabled=use-small-buffers}"
        ).only(.v3),
    ]

    static let hashType = object(
        "hash_type",
        [
            .slot("method", .enumeration(["map-based", "consistent"])),
            .slot("function", .enumeration(["sdbm", "djb2", "wt6", "crc32", "none"])),
            .slot("modifier", .enumeration(["avalanche"])),
        ],
        "hash-type {method} [{function}] [{modifier}]"
    )

    static let retryOn = Field("retry_on", .text, .remainder(["retry-on"]))

    private static let cookie = object(
        "cookie",
        [
            .slot("name", .word, required: true), .slot("type", .enumeration(["rewrite", "insert", "prefix"])),
            .slot("indirect", .boolean), .slot("nocache", .boolean), .slot("postonly", .boolean),
            .slot("preserve", .boolean), .slot("httponly", .boolean), .slot("secure", .boolean),
            .slot("dynamic", .boolean), .slot("maxidle", .integer()), .slot("maxlife", .integer()),
            .slot("domain", .list(.object([.slot("value", .word)]))),
            .slot("attr", .list(.object([.slot("value", .word)]))),
        ],
        """
        cookie {name} \
        <[{type}] [{indirect=indirect}] [{nocache=nocache}] [{postonly=postonly}] [{preserve=preserve}] \
        [{httponly=httponly}] [{secure=secure}] [{dynamic=dynamic}] [maxidle {maxidle}] [maxlife {maxlife}] \
        [%domain domain {value}%] [%attr attr {value}%]>
        """
    )

    /// The address from which servers are connected to.
    private static let source = object(
        "source",
        [
            .slot("address", .text, required: true), .slot("port", .port),
            .slot("usesrc", .enumeration(["address", "client", "clientip", "hdr_ip"])),
            .slot("address_second", .text), .slot("port_second", .port), .slot("hdr", .text), .slot("occ", .text),
            .slot("interface", .text),
        ],
        """
        source {@address,port} \
        <[usesrc {usesrc=clientip}] [usesrc {usesrc=client}] [usesrc {usesrc=hdr_ip}({hdr},{occ})] \
        [usesrc {usesrc=hdr_ip}({hdr})] [usesrc {usesrc:address=}{@address_second,port_second}] \
        [interface {interface}]>
        """
    )

    /// Lines that tell when servers that are down are used, or when cookies are not looked at.
    static func persistence(_ name: String, _ keyword: String) -> Field {
        let members: [Field] = [.slot("cond", .condition, required: true), .slot("cond_test", .text, required: true)]
        return Field(name, .list(.object(members)), .lines([Template("\(keyword) {cond} {cond_test*}")]))
    }
}
