internal import Addresses
internal import Glibc
internal import ProxyConfig
internal import ProxyEngine
internal import Syscalls

/// `show table`, `set table` and `clear table` (management guide, 9.3), in HAProxy's words.
struct TableCommand {
    enum Action {
        case show
        case set
        case clear
    }

    private let action: Action
    /// Everything behind `show table`.
    private let words: [String]

    /// - Parameter words: Those behind `show table`.
    init(_ action: Action, _ words: [String]) {
        self.action = action
        self.words = words
    }

    /// - Parameter isPrivileged: At least an operator asks.
    func answer(
        _ tables: [ProxyEngine.StickTable],
        _ target: any RuntimeHost,
        isPrivileged: Bool
    ) throws(SystemError) -> String {
        guard let name = words.first else {
            guard action == .show else { return usage }
            return try list(tables, target)
        }
        guard let table = tables.last(where: { $0.name == name }) else { return "No such table\n" }
        let second = word(1)
        if second == "key" { return try answer(key: word(2), table, target, isPrivileged) }
        if second.hasPrefix("data.") {
            if action == .set {
                return "content-based lookup is only supported with the \"show\" and \"clear\" actions\n"
            }
            switch Self.filters(words, table) {
            case .success(let filters): return try answer(.matching(filters), table, target, isPrivileged)
            case .failure(let refusal): return refusal.words
            }
        }
        // HAProxy forgets all entries at a `set table` without more.
        guard second.isEmpty, action != .set else { return usage }
        return try answer(.matching([]), table, target, isPrivileged)
    }

    private func word(_ index: Int) -> String { index < words.count ? words[index] : "" }

    private var usage: String {
        switch action {
        case .show:
            "Optional argument only supports \"data.<store_data_type>\" <operator> <value> and key <key>\n"
        case .clear:
            "Required arguments: <table> \"data.<store_data_type>\" <operator> <value> or <table> key <key>\n"
        case .set: "Required arguments: <table> key <key> [data.<store_data_type> <value>]*\n"
        }
    }

    private func list(
        _ tables: [ProxyEngine.StickTable],
        _ target: any RuntimeHost
    ) throws(SystemError) -> String {
        guard case .sizes(let sizes) = try target.ask(.sizes) else { return "" }
        // The last one first, as HAProxy has them.
        return tables.reversed().map { TableText.head($0, used: sizes[$0.name] ?? 0) }.joined()
    }

    private func answer(
        _ entries: TableQuestion.Entries,
        _ table: ProxyEngine.StickTable,
        _ target: any RuntimeHost,
        _ isPrivileged: Bool
    ) throws(SystemError) -> String {
        if action == .clear {
            if isPrivileged { _ = try target.ask(.clear(table.name, entries)) }
            return ""
        }
        if !isPrivileged {
            guard case .sizes(let sizes) = try target.ask(.sizes) else { return "" }
            return TableText.head(table, used: sizes[table.name] ?? 0)
                + "# contents not dumped due to insufficient privileges\n"
        }
        guard case .rows(let used, let rows) = try target.ask(.show(table.name, entries)) else { return "" }
        return TableText.head(table, used: used) + TableText.rows(rows, table)
    }

    private func answer(
        key text: String,
        _ table: ProxyEngine.StickTable,
        _ target: any RuntimeHost,
        _ isPrivileged: Bool
    ) throws(SystemError) -> String {
        if text.isEmpty { return "Key value expected\n" }
        if table.kind == .binary {
            let verb =
                action == .show ? "Showing keys from" : action == .clear ? "Removing keys from" : "Inserting keys into"
            return "\(verb) tables of type other than ip, ipv6, string and integer is not supported\n"
        }
        guard let key = TableText.key(text, table.kind) else { return "Invalid key\n" }
        if !isPrivileged { return "Permission denied\n" }
        switch action {
        case .show:
            guard case .rows(let used, let rows) = try target.ask(.show(table.name, .key(key))), !rows.isEmpty else {
                return ""
            }
            return TableText.head(table, used: used) + TableText.rows(rows, table)
        case .clear:
            let isDone = try target.ask(.clear(table.name, .key(key))) == .done
            return isDone ? "" : "Entry currently in use, cannot remove\n"
        case .set:
            let (values, problem) = Self.values(words.dropFirst(3), table)
            guard try target.ask(.set(table.name, key: key, values)) == .done else {
                return "Unable to allocate a new entry\n"
            }
            return problem ?? ""
        }
    }

    /// What is to be set, and what is wrong with what follows it: as in HAProxy, what comes before has been set then.
    private static func values(
        _ words: ArraySlice<String>,
        _ table: ProxyEngine.StickTable
    ) -> (values: [TableQuestion.Value], problem: String?) {
        var values: [TableQuestion.Value] = []
        var rest = words
        while let word = rest.popFirst() {
            guard word.hasPrefix("data.") else { return (values, "\"data.<type>\" followed by a value expected\n") }
            guard let kind = StickData.Kind(name: String(word.dropFirst(5))) else {
                return (values, "Unknown data type\n")
            }
            guard table.data.contains(where: { $0.kind == kind }) else {
                return (values, "Data type not stored in this table\n")
            }
            guard let value = rest.popFirst().flatMap({ TableText.number($0) }) else {
                return (values, "Require a valid integer value to store\n")
            }
            values.append(TableQuestion.Value(kind, value))
        }
        return (values, nil)
    }

    private struct Refusal: Error {
        var words: String
    }

    /// HAProxy looks at four conditions at most.
    private static func filters(
        _ words: [String],
        _ table: ProxyEngine.StickTable
    ) -> Result<[TableQuestion.Filter], Refusal> {
        let comparisons = ["eq", "ne", "le", "ge", "lt", "gt"]
        var filters: [TableQuestion.Filter] = []
        var index = 1
        while index < words.count, filters.count < 4 {
            func refuse(_ words: String) -> Result<[TableQuestion.Filter], Refusal> {
                .failure(Refusal(words: "Filter entry #\(filters.count + 1): \(words)\n"))
            }
            func word(_ offset: Int) -> String { index + offset < words.count ? words[index + offset] : "" }
            guard let kind = StickData.Kind(name: String(word(0).utf8.dropFirst(5)) ?? "") else {
                return refuse("Unknown data type")
            }
            guard table.data.contains(where: { $0.kind == kind }) else {
                return refuse("Data type not stored in this table")
            }
            guard let comparison = comparisons.firstIndex(of: word(1)) else {
                return refuse("Require and operator among \"eq\", \"ne\", \"le\", \"ge\", \"lt\", \"gt\"")
            }
            guard let value = TableText.number(word(2)) else {
                return refuse("Require a valid integer value to compare against")
            }
            let how = TableQuestion.Filter.Comparison(rawValue: UInt8(comparison)) ?? .equal
            filters.append(TableQuestion.Filter(kind, how, value))
            index += 3
        }
        guard index >= words.count else {
            let words = "Detected extra data in filter, \(index + 3)th word of input, after '\(words[index - 1])'\n"
            return .failure(Refusal(words: words))
        }
        return .success(filters)
    }
}

extension RuntimeHost {
    fileprivate func ask(_ question: TableQuestion) throws(SystemError) -> TableAnswer {
        let bytes = try ask(.table(question))
        do throws(MalformedSnapshot) {
            return try TableAnswer(encoded: bytes)
        } catch {
            throw SystemError(code: EPROTO, operation: "read what a table says")
        }
    }
}
