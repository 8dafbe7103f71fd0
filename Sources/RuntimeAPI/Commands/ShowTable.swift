/// `show table <name> [data.<type> <operator> <value>]… | [key <key>]`: the entries of a stick table.
public struct ShowTable: RuntimeCommand {
    public let words: [String]

    /// - Parameter filter: As HAProxy has it, in words: `data.gpc0 gt 0`.
    public init(_ name: String, key: String? = nil, filter: [String] = []) {
        words = ["show", "table", name] + (key.map { ["key", $0] } ?? filter)
    }

    public func read(_ text: String) throws(RuntimeError) -> [StickTableEntry] {
        let lines = text.split(whereSeparator: { $0.isNewline })
        guard lines.first?.hasPrefix("# table: ") ?? false else { throw RuntimeError(refusal: text) }
        return lines.dropFirst().compactMap { StickTableEntry($0) }
    }
}
