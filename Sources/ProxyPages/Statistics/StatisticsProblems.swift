internal import ProxyStatistics

/// Which rows of the statistics somebody looks for who is called at night: what does not serve, is about to stop, or lets
/// clients wait. Maintenance and drain were asked for by somebody, and are no problem as long as the backend serves.
struct StatisticsProblems: Sendable {
    private let table: StatisticsTable
    private let type: Int?
    private let status: Int?
    private let queue: Int?

    init(_ table: StatisticsTable) {
        self.table = table
        (type, status, queue) = (table.column("type"), table.column("status"), table.column("qcur"))
    }

    private func has(_ words: ArraySlice<UInt8>, _ start: StaticString) -> Bool {
        start.withUTF8Buffer { words.starts(with: $0) }
    }

    func isServer(_ row: Int) -> Bool { table.field(type, row).elementsEqual([UInt8(ascii: "2")]) }

    func isWrong(_ row: Int) -> Bool {
        let words = table.field(status, row)
        switch table.field(type, row).first {
        case UInt8(ascii: "1"): return isDown(row) || isAwaited(row)
        case UInt8(ascii: "2"):
            // Checks that fail while it is up are told by `UP 1/3`.
            return isDown(row) || has(words, "NOLB") || has(words, "MAINT (resolution)")
                || has(words, "UP") && words.contains(UInt8(ascii: "/")) || isAwaited(row)
        default: return !words.isEmpty && !has(words, "OPEN")
        }
    }

    /// Clients wait in its queue.
    private func isAwaited(_ row: Int) -> Bool {
        let waiting = table.field(queue, row)
        return !waiting.isEmpty && !waiting.elementsEqual([UInt8(ascii: "0")])
    }

    /// A backend that serves nobody.
    func isDead(_ row: Int) -> Bool { table.field(type, row).elementsEqual([UInt8(ascii: "1")]) && isDown(row) }

    private func isDown(_ row: Int) -> Bool { has(table.field(status, row), "DOWN") }

    /// Of the rows of a proxy those that are wrong, with its frontend and its backend; all of one that does not serve.
    /// Empty where nothing is wrong.
    func part(of rows: [Int]) -> [Int] {
        guard rows.contains(where: { isWrong($0) }) else { return [] }
        if rows.contains(where: { isDead($0) }) { return rows }
        return rows.filter { isWrong($0) || ["0", "1"].contains(table["type", $0]) }
    }

    /// Where a row stands on the page, and what is wrong with it.
    func words(_ row: Int) -> (proxy: String, name: String, anchor: String, text: String) {
        let (proxy, name) = (table["pxname", row] ?? "", table["svname", row] ?? "")
        let (shown, anchor) =
            switch table["type", row] {
            case "0": ("Frontend", "Frontend")
            case "1": ("Backend", "Backend")
            case "3": (name, "+\(name)")
            default: (name, name)
            }
        var text = table["status", row] ?? ""
        let since = StatisticsSection.duration(table.number(table.column("lastchg"), row))
        if let since, isDown(row) { text += " for \(since)" }
        if isAwaited(row) { text += ", \(table["qcur", row] ?? "") waiting" }
        if isServer(row), let check = table["check_status", row] {
            text += ", \(check)" + (table["check_desc", row].map { ": \($0)" } ?? "")
        }
        return (proxy, shown, "\(proxy)/\(anchor)", text)
    }
}
