extension Field {
    /// The `stats` lines of a proxy (HAProxy 4.2).
    static let statistics = group(
        "stats_options",
        [
            .present("stats_enable", "stats", "enable"),
            .inline(
                [
                    .slot("stats_admin", .boolean), .slot("stats_admin_cond", .condition),
                    .slot("stats_admin_cond_test", .text),
                ],
                "stats {stats_admin=admin} [{stats_admin_cond} {stats_admin_cond_test*}]"
            ),
            .lines(
                "stats_auths",
                [.slot("user", .text, required: true), .slot("passwd", .text, required: true)],
                "stats auth {user}:{passwd}"
            ),
            .present("stats_hide_version", "stats", "hide-version"),
            .present("stats_show_version", "stats", "show-version").only(.v3),
            .lines(
                "stats_http_requests",
                [
                    .slot("type", .enumeration(["allow", "deny", "auth"]), required: true), .slot("realm", .text),
                    .slot("cond", .text), .slot("cond_test", .text),
                ],
                "stats http-request {type=auth} realm {realm} ?",
                "stats http-request {type} ?"
            ),
            .integer("stats_maxconn", "stats", "maxconn", in: 1...Int.max),
            .inline(
                [.slot("stats_realm", .boolean), .slot("stats_realm_realm", .text)],
                "stats {stats_realm=realm} {stats_realm_realm}"
            ),
            .seconds("stats_refresh_delay", "stats", "refresh"),
            Field("stats_show_desc", .text, .remainder(["stats", "show-desc"])),
            .present("stats_show_legends", "stats", "show-legends"),
            .present("stats_show_modules", "stats", "show-modules"),
            .word("stats_show_node_name", "stats", "show-node"),
            .word("stats_uri_prefix", "stats", "uri"),
        ]
    )
}
