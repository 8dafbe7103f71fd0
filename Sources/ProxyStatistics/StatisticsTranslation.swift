/// Tables of `show stat` in another format, part by part: as JSON thousands of services are hundreds of megabytes, of which
/// nobody has more at a time than a client has room for.
public struct StatisticsTranslation: Sendable {
    private var table: StatisticsTable
    private var writer: StatisticsWriter
    /// Each field that the table has, and its column.
    private var fields: [(field: StatisticsField, column: Int)] = []
    private var next = 0

    /// - Parameter describes: Typed lines say what each field means.
    public init(_ table: StatisticsTable, _ format: StatisticsFormat, describes: Bool = false) {
        self.table = table
        writer = StatisticsWriter(format, describes: describes)
        go(on: table)
    }

    /// Further rows, when those before are written.
    public mutating func go(on table: StatisticsTable) {
        self.table = table
        next = 0
        fields = StatisticsField.allCases.compactMap { field in
            table.column(field.name).map { (field, $0) }
        }
    }

    /// All rows are written.
    public var isAtEnd: Bool { next >= table.rows.count }

    /// The next part, of about so many bytes; nil when all rows are written.
    ///
    /// - Parameter shows: Whether a row of the table is wanted.
    public mutating func next(enough: Int, where shows: (Int) -> Bool = { _ in true }) -> [UInt8]? {
        if isAtEnd { return nil }
        var row = StatisticsRow()
        while next < table.rows.count, writer.size < enough {
            defer { next += 1 }
            guard shows(next), read(next, &row) else { continue }
            writer.append(row)
        }
        return writer.take()
    }

    /// What stands behind the last row.
    public mutating func end() -> [UInt8] {
        writer.end()
        return writer.take()
    }

    /// False for a row of no kind that there is.
    private func read(_ index: Int, _ row: inout StatisticsRow) -> Bool {
        guard let kind = table.kind(index) else { return false }
        row.begin(kind)
        for (field, column) in fields where !table.isEmpty(column, index) {
            if field.type == nil {
                row.set(field, table.text(column, index) ?? "")
            } else if let number = table.number(column, index) {
                row.set(field, UInt64(bitPattern: Int64(number)))
            }
        }
        // In CSV a text without a word is as none; what a check said last is there as soon as it has a status.
        if row.has(.checkStatus), !row.has(.lastChk) { row.set(.lastChk, "") }
        if row.has(.agentStatus), !row.has(.lastAgt) { row.set(.lastAgt, "") }
        return true
    }
}
