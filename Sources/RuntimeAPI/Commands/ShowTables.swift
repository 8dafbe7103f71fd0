/// `show table`: every stick table.
public struct ShowTables: RuntimeCommand {
    public let words = ["show", "table"]

    public init() {}

    public func read(_ text: String) throws(RuntimeError) -> [RuntimeStickTable] {
        let tables = text.split(whereSeparator: { $0.isNewline }).compactMap { RuntimeStickTable($0) }
        guard !tables.isEmpty || text.isEmpty else { throw RuntimeError(refusal: text) }
        return tables
    }
}
