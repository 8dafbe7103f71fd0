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

    static func all(_ version: APIVersion) -> [Key: OriginalOperation] {
        var operations: [Key: OriginalOperation] = [:]
        var tag = ""
        for line in tables(version).flatMap({ $0.split(separator: "\n") }) {
            let words = line.split(separator: " ").map { String($0) }
            if words.count == 1, let name = words.first {
                tag = name == "ACLRuntime" ? "ACL Runtime" : name
            } else if words.count == 3 {
                let path = "/\(version.rawValue)" + expanded(words[1])
                let key = Key(method: words[0], path: path)
                let id = words[2] == "-" ? nil : words[2]
                operations[key] = OriginalOperation(id: id, tag: tag, order: operations.count)
            }
        }
        return operations
    }

    /// `~` is where most of them are.
    private static func expanded(_ path: String) -> String {
        if path == "/" { return "" }
        return path.first == "~" ? "/services/haproxy/configuration" + path.dropFirst() : path
    }

    private static func tables(_ version: APIVersion) -> [String] {
        version == .v2 ? [v2] : [v3Configuration, v3More, v3Others]
    }
}
