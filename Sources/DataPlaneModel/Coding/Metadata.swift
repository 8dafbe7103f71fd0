import ProxyConfig

/// What a client remembers with an object: a JSON object in the comment of its line. What people wrote there stays.
enum Metadata {
    static func decode(_ line: Line) -> JSONValue? { line.comment.flatMap { split($0).metadata } }

    static func encode(_ metadata: JSONValue?, in line: inout Line) {
        let words = line.comment.map { split($0).words } ?? ""
        let parts = [words, metadata?.text ?? ""].filter { !$0.isEmpty }
        line.comment = parts.isEmpty ? nil : parts.joined(separator: " ")
    }

    private static func split(_ comment: String) -> (words: String, metadata: JSONValue?) {
        guard let open = comment.firstIndex(of: "{"), let value = try? JSONParser.parse(Array(comment[open...].utf8)),
            value.object != nil
        else { return (comment, nil) }
        return (String(comment[..<open].reversed().drop { $0 == " " }.reversed()), value)
    }
}
