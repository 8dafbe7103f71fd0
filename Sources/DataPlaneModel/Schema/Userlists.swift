extension Resource {
    /// `userlist` sections (HAProxy 3.4).
    static let userlists = Resource(
        "userlists",
        name: "userlist",
        .section("userlist"),
        identity: .name,
        isReplaceable: false,
        fields: [
            Field("name", .name, .sectionName, required: true)
        ]
    )
}

extension Resource {
    /// `user` lines of a `userlist`.
    static let users = Resource(
        "users",
        name: "user",
        .line(keyword: "user"),
        identity: .member("username"),
        parents: [.userlist],
        fullName: "users",
        fields: [
            .slot("groups", .text),
            .slot("password", .text, required: true),
            .slot("secure_password", .boolean, required: true),
            .slot("username", .string(.reference), required: true),
        ],
        templates: [
            "user {username} {secure_password=password} {password} [groups {groups}]",
            "user {username} {secure_password:false=insecure-password} {password} [groups {groups}]",
        ]
    )
}

extension Resource {
    /// `group` lines of a `userlist`.
    static let groups = Resource(
        "groups",
        name: "group",
        .line(keyword: "group"),
        identity: .name,
        parents: [.userlist],
        fullName: "groups",
        fields: [
            .slot("name", .string(.reference), required: true),
            .slot("users", .text),
        ],
        templates: [
            "group {name} [users {users}]"
        ]
    )
}
