extension Resource {
    /// `ring` sections (HAProxy 3.9).
    static let rings = Resource(
        "rings",
        name: "ring",
        .section("ring"),
        identity: .name,
        fields: [
            Field("name", .name, .sectionName, required: true),
            Field("description", .text, .remainder(["description"])),
            .oneOf("format", values: ["iso", "local", "raw", "rfc3164", "rfc5424", "short", "priority", "timed"]),
            .integer("maxlen"),
            .integer("size"),
            .time("timeout_connect", "timeout", "connect"),
            .time("timeout_server", "timeout", "server"),
        ]
    )
}
