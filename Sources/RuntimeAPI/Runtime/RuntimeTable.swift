/// Rows whose columns are known by the names in the head line: other versions have others, elsewhere.
public struct RuntimeTable: Sendable, Hashable {
    /// Place of each column by its name.
    public let columns: [String: Int]
    private let rows: [[String]]

    init(header: [String], rows: [[String]]) {
        columns = Dictionary(header.enumerated().map { ($1, $0) }) { first, _ in first }
        self.rows = rows
    }

    public struct Row: Sendable {
        let columns: [String: Int]
        let cells: [String]

        /// The cell of a column; nil if there is no such column or nothing in it.
        public subscript(_ column: String) -> String? {
            guard let index = columns[column], cells.indices.contains(index), !cells[index].isEmpty else { return nil }
            return cells[index]
        }

        public func number(_ column: String) -> Int? { self[column].flatMap { Int($0) } }
    }

    public var count: Int { rows.count }
}

extension RuntimeTable: Sequence {
    public func makeIterator() -> AnyIterator<Row> {
        var rest = rows.makeIterator()
        return AnyIterator { [columns] in rest.next().map { Row(columns: columns, cells: $0) } }
    }
}
