extension Resource {
    /// `mailers` sections (HAProxy 3.6).
    static let mailers = Resource(
        "mailers_section",
        name: "mailers_section",
        .section("mailers"),
        identity: .name,
        fields: [
            Field("name", .string(.identifier), .sectionName, required: true),
            .time("timeout", "timeout", "mail"),
        ]
    )
}

extension Resource {
    /// `mailer` lines of a `mailers` section.
    static let mailerEntries = Resource(
        "mailer_entries",
        name: "mailer_entry",
        .line(keyword: "mailer"),
        identity: .name,
        parents: [.mailers],
        fullName: "mailer_entries",
        fields: [
            .slot("address", .string(.solid), required: true),
            .slot("name", .string(.identifierReference), required: true),
            .slot("port", .port, required: true),
        ],
        templates: [
            "mailer {name} {@address,port}"
        ]
    )
}
