extension Resource {
    /// `acl` lines (HAProxy 7).
    static let acls = Resource(
        "acls",
        name: "acl",
        .line(keyword: "acl"),
        identity: .index,
        parents: [.frontend, .backend, .fcgiApp],
        newParents: [.defaults],
        addressing: .typedOrPath,
        fullName: "acl_list",
        fields: [
            .slot("acl_name", .word, required: true),
            .slot("criterion", .word, required: true),
            .slot("value", .text),
        ],
        templates: [
            "acl {acl_name} {criterion} [{value*}]"
        ]
    )
}
