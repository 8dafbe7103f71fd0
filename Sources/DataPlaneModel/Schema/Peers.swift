extension Resource {
    /// `peers` sections (HAProxy 3.5).
    static let peers = Resource(
        "peer_section",
        name: "peer_section",
        .section("peers"),
        identity: .name,
        isReplaceable: false,
        fields: [
            Field("name", .name, .sectionName, required: true),
            Field(
                "default_bind",
                .object([.word("name")] + Field.bindParameters),
                .parameters(["default-bind"])
            ),
            Field("default_server", .object(Field.serverParameters), .parameters(["default-server"])),
            .present("disabled"),
            .present("enabled"),
            .integer("shards"),
        ]
    )
}

extension Resource {
    /// `peer` lines of a `peers` section.
    static let peerEntries = Resource(
        "peer_entries",
        name: "peer_entry",
        .line(keyword: "peer"),
        identity: .name,
        parents: [.peers],
        fullName: "peer_entries",
        fields: [
            .slot("address", .word, required: true),
            .slot("name", .string(.reference), required: true),
            .slot("port", .port, required: true),
            .slot("shard", .integer()),
        ],
        templates: [
            "peer {name} {@address,port} [shard {shard}]"
        ]
    )
}

extension Resource {
    /// `table` lines of a `peers` section.
    static let tables = Resource(
        "tables",
        name: "table",
        .line(keyword: "table"),
        identity: .name,
        parents: [.peers],
        addressing: .parameterOrPath,
        fullName: "tables",
        fields: [
            .slot("expire", .string(.duration)),
            .slot("name", .text).required(in: .v3),
            .slot("no_purge", .boolean),
            .slot("size", .string(.size)),
            .slot("store", .text),
            .slot("type", .enumeration(["ip", "integer", "string", "binary"])),
            .slot("type_len", .integer()),
            .slot("write_to", .text),
            .slot("recv_only", .boolean).only(.v3),
        ],
        templates: [
            """
            table {name} \
            <[type {type} [len {type_len}]] [size {size}] [expire {expire}] [write-to {write_to}] \
            [{no_purge=nopurge}] [{recv_only=recv-only}] [store {store}]>
            """
        ]
    )
}
