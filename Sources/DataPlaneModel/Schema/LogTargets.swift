extension Resource {
    /// `log` lines (HAProxy 3.1, 4.2).
    static let logTargets = Resource(
        "log_targets",
        name: "log_target",
        .line(keyword: "log"),
        identity: .index,
        parents: [.frontend, .backend, .defaults, .global, .logForward, .peers],
        addressing: .typedOrPath,
        fullName: "log_target_list",
        fields: [
            .slot("address", .word),
            .slot(
                "facility",
                .enumeration([
                    "kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "auth2", "ftp",
                    "ntp", "audit", "alert", "cron2", "local0", "local1", "local2", "local3", "local4", "local5",
                    "local6", "local7",
                ])
            ),
            .slot("format", .enumeration(["local", "rfc3164", "rfc5424", "priority", "short", "timed", "iso", "raw"])),
            .slot("global", .boolean),
            .slot("length", .integer()),
            .slot("level", .enumeration(["emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"])),
            .slot("minlevel", .enumeration(["emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"])),
            .slot("nolog", .boolean),
            .slot("sample_range", .text),
            .slot("sample_size", .integer()),
            .slot("profile", .text).only(.v3),
        ],
        templates: [
            "log {global=global}",
            "no {nolog=log}",
            """
            log {address} \
            <[len {length}] [format {format}] [sample {sample_range}:{sample_size}] [profile {profile}]> \
            [{facility} [{level} [{minlevel}]]]
            """,
        ]
    )
}
