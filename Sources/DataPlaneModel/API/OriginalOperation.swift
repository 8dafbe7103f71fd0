/// An operation of the original, as its specification names it.
struct OriginalOperation: Sendable {
    struct Key: Hashable, Sendable {
        var method: String
        /// With the version: `/v3/info`.
        var path: String
    }

    /// Nil for the few that have none.
    var id: String?
    var tag: String
    /// Its place in the specification.
    var order: Int

    /// A line of the tables is a tag (`ACLRuntime`), an operation (`GET ~/global getGlobal`; `-` for no id), or all
    /// operations of what has many:
    /// `* ~/binds/{name} Binds Bind` is getBinds, createBind, getBind, replaceBind (with `edit` behind it: editBind) and
    /// deleteBind; `+ ~/acls/{index} Acls Acl` is getAcls, replaceAcls, getAcl, replaceAcl, createAcl and deleteAcl.
    static func all(_ version: APIVersion) -> [Key: OriginalOperation] {
        var operations: [Key: OriginalOperation] = [:]
        var tag = ""
        for line in (version == .v2 ? v2 : v3).split(separator: "\n") {
            let words = line.split(separator: " ").map { String($0) }
            if words.count == 1 { tag = line == "ACLRuntime" ? "ACL Runtime" : words[0] }
            for (method, path, id) in written(words) {
                let key = Key(method: method, path: "/\(version.rawValue)" + expanded(path))
                operations[key] = OriginalOperation(id: id == "-" ? nil : id, tag: tag, order: operations.count)
            }
        }
        return operations
    }

    /// The operations that a line stands for.
    private static func written(_ words: [String]) -> [(method: String, path: String, id: String)] {
        if words.count == 3 { return [(words[0], words[1], words[2])] }
        guard words.count >= 4, let end = words[1].lastIndex(of: "/") else { return [] }
        let (all, one) = (String(words[1][..<end]), words[1])
        let (plural, singular) = (words[2], words[3])
        if words[0] == "+" {
            return [
                ("GET", all, "get" + plural), ("PUT", all, "replace" + plural), ("GET", one, "get" + singular),
                ("PUT", one, "replace" + singular), ("POST", one, "create" + singular),
                ("DELETE", one, "delete" + singular),
            ]
        }
        return [
            ("GET", all, "get" + plural), ("POST", all, "create" + singular), ("GET", one, "get" + singular),
            ("PUT", one, (words.count == 5 ? words[4] : "replace") + singular), ("DELETE", one, "delete" + singular),
        ]
    }

    /// `~` is where most of them are.
    private static func expanded(_ path: String) -> String {
        if path == "/" { return "" }
        return path.first == "~" ? "/services/haproxy/configuration" + path.dropFirst() : path
    }
}
