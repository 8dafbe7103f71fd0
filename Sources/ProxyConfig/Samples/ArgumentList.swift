/// What a fetch method or a converter takes in parentheses.
struct ArgumentList: Sendable {
    /// The types in order, as HAProxy names them.
    var types: [String]
    /// How many must be there.
    var required: Int
    /// Without an argument it speaks of the proxy that the line stands in.
    var speaksOfOwn = false

    /// Reads the form of `haproxy -dKsmp`: `integer,string[,integer]`.
    init(_ text: String) {
        let parts = text.split(separator: "[", maxSplits: 1, omittingEmptySubsequences: false)
        let needed = parts[0].split(separator: ",").map { String($0) }
        let optional =
            parts.count == 2 ? parts[1].filter { $0 != "]" && $0 != "[" }.split(separator: ",").map { String($0) } : []
        types = needed + optional
        required = needed.count
        // The proxy that the line stands in is what is meant by nothing.
        if needed.count == 1, Self.ownByDefault.contains(needed[0]) {
            required = 0
            speaksOfOwn = true
        }
    }

    /// Types that name a part of the configuration.
    static let references: Set<String> = ["backend", "frontend", "server", "table", "user list"]

    /// Whether an argument of a type may be an empty text, which is what one that is not there is.
    static func mayBeEmpty(_ type: String) -> Bool { type == "string" || type == "regex" }

    private static let ownByDefault: Set<String> = ["backend", "frontend", "table", "user list"]
}
