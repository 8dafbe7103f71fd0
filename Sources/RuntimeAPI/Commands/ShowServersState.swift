/// `show servers state [<backend>]`: addresses and states of servers, in format 1.
public struct ShowServersState: RuntimeCommand {
    public let words: [String]

    public init(backend: String? = nil) { words = ["show", "servers", "state"] + (backend.map { [$0] } ?? []) }

    public func read(_ text: String) throws(RuntimeError) -> [ServerState] {
        var lines = text.split(whereSeparator: { $0.isNewline })[...]
        guard lines.first == "1" else { throw RuntimeError(refusal: text) }
        lines = lines.dropFirst()
        guard let head = lines.popFirst(), head.hasPrefix("# ") else { throw RuntimeError(refusal: text) }
        let header = head.dropFirst(2).split(separator: " ").map { String($0) }
        let rows = lines.map { $0.split(separator: " ").map { String($0) } }
        return RuntimeTable(header: header, rows: rows).compactMap { ServerState($0) }
    }
}
