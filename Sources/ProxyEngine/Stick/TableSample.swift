/// A fetch method or converter that asks a stick table, compiled for the data path (configuration manual, 7.3).
struct TableSample {
    enum Subject: UInt8 {
        /// `sc0_…`: an entry that the connection tracks.
        case tracked
        /// `src_…`: the entry of the client's address.
        case source
        /// `table_…`: the entry of what a converter is given.
        case sample
        /// `table_cnt`: the table.
        case table
    }

    enum Operation: Equatable {
        case read(StickData.Kind)
        /// In units of 1024 bytes.
        case kilobytes(StickData.Kind)
        case increment(StickData.Kind, StickData.Kind)
        case clear(StickData.Kind)
        case isTracked
        case trackers
        case countConnection
        case isThere
        /// Milliseconds until it expires, and since it was used; the value where there is no entry, nil for none.
        case rest(Int64?)
        case idle(Int64?)
        case used
        case available
    }

    var subject: Subject
    var operation: Operation
    /// Of `sc_…`: which of the tracked entries.
    var counter: UInt8 = 0
    var element: UInt32 = 0
    /// nil: that of the tracked entry.
    var memory: UnsafeMutablePointer<StickMemory>?

    static func isFetch(_ name: String) -> Bool {
        if name == "table_cnt" || name == "table_avl" { return true }
        let word = ["sc0_", "sc1_", "sc2_", "sc_", "src_"].first { name.hasPrefix($0) }.map { name.dropFirst($0.count) }
        guard let word, let operation = operation(String(word)) else { return false }
        let isOfSource = name.hasPrefix("src_")
        return operation == .isTracked || operation == .trackers
            ? !isOfSource : operation == .countConnection ? isOfSource : true
    }

    static func isConverter(_ name: String) -> Bool {
        name == "in_table" || operation(converter: name, []) != nil
    }

    /// nil for what asks no table, or one that is not there.
    init?(fetch call: SampleCall, _ tables: [String: SharedStickTable]) {
        let name = call.name
        var arguments = call.arguments[...]
        let word: String
        if name == "table_cnt" || name == "table_avl" {
            subject = .table
            word = ""
        } else if name.hasPrefix("src_") {
            subject = .source
            word = String(name.dropFirst(4))
        } else if name.hasPrefix("sc_") {
            subject = .tracked
            word = String(name.dropFirst(3))
        } else if let number = ["sc0_", "sc1_", "sc2_"].firstIndex(of: name.prefix(4)) {
            subject = .tracked
            counter = UInt8(number)
            word = String(name.dropFirst(4))
        } else {
            return nil
        }
        if subject != .table {
            guard let found = Self.operation(word) else { return nil }
            operation = found
            if Self.arrays.contains(word) {
                guard let first = arguments.popFirst().flatMap({ UInt32($0) }) else { return nil }
                element = first
            }
        } else {
            operation = name == "table_cnt" ? .used : .available
        }
        if name.hasPrefix("sc_") {
            guard let number = arguments.popFirst().flatMap({ UInt8($0) }), number < 3 else { return nil }
            counter = number
        }
        if let first = arguments.first {
            guard let found = tables[first] else { return nil }
            memory = found.memory
        } else if subject != .tracked {
            return nil
        }
    }

    init?(converter call: SampleCall, _ tables: [String: SharedStickTable]) {
        var arguments = call.arguments[...]
        subject = .sample
        guard let operation = Self.operation(converter: call.name, call.arguments) else { return nil }
        self.operation = operation
        if case .read(let kind) = operation, kind.isArray {
            guard let first = arguments.popFirst().flatMap({ UInt32($0) }) else { return nil }
            element = first
        }
        guard let first = arguments.first, let found = tables[first] else { return nil }
        memory = found.memory
    }

    private static func operation(converter name: String, _ arguments: [String]) -> Operation? {
        switch name {
        case "in_table": return .isThere
        case "table_expire": return .rest(arguments.dropFirst().first.flatMap { Int64($0) })
        case "table_idle": return .idle(arguments.dropFirst().first.flatMap { Int64($0) })
        case "table_trackers": return .trackers
        case "table_server_id": return .read(.serverID)
        case "table_kbytes_in": return .kilobytes(.bytesIn)
        case "table_kbytes_out": return .kilobytes(.bytesOut)
        default:
            guard name.hasPrefix("table_"), let kind = StickData.Kind(name: String(name.dropFirst(6))) else {
                return nil
            }
            return kind == .serverKey || kind.form == .wide ? nil : .read(kind)
        }
    }

    /// Those whose first argument is the place in an array.
    private static let arrays: Set<String> = ["get_gpc", "get_gpt", "gpc_rate", "inc_gpc", "clr_gpc"]

    private static func operation(_ word: String) -> Operation? {
        switch word {
        case "get_gpc0": return .read(.gpc0)
        case "get_gpc1": return .read(.gpc1)
        case "get_gpc": return .read(.gpc)
        case "get_gpt0": return .read(.gpt0)
        case "get_gpt": return .read(.gpt)
        case "inc_gpc0": return .increment(.gpc0, .gpc0Rate)
        case "inc_gpc1": return .increment(.gpc1, .gpc1Rate)
        case "inc_gpc": return .increment(.gpc, .gpcRate)
        case "clr_gpc0": return .clear(.gpc0)
        case "clr_gpc1": return .clear(.gpc1)
        case "clr_gpc": return .clear(.gpc)
        case "kbytes_in": return .kilobytes(.bytesIn)
        case "kbytes_out": return .kilobytes(.bytesOut)
        case "tracked": return .isTracked
        case "trackers": return .trackers
        case "updt_conn_cnt": return .countConnection
        case "conn_cnt", "conn_cur", "conn_rate", "sess_cnt", "sess_rate", "bytes_in_rate", "bytes_out_rate",
            "gpc0_rate", "gpc1_rate", "gpc_rate", "http_req_cnt", "http_req_rate", "http_err_cnt", "http_err_rate",
            "http_fail_cnt", "http_fail_rate":
            return StickData.Kind(name: word).map { .read($0) }
        default: return nil
        }
    }
}

/// `sc-inc-gpc0(0)` and its like, compiled for the data path.
struct CounterChange {
    enum Operation: Equatable {
        case increment(StickData.Kind, StickData.Kind)
        case set(StickData.Kind)
    }

    var operation: Operation
    var counter: UInt8
    var element: UInt32 = 0

    /// - Parameters:
    ///   - action: `sc-inc-gpc0`.
    ///   - numbers: What stands in its parentheses: for an array the place in it, and which of the tracked entries.
    init?(_ action: String, _ numbers: [UInt32]) {
        var numbers = numbers[...]
        switch action {
        case "sc-inc-gpc0": operation = .increment(.gpc0, .gpc0Rate)
        case "sc-inc-gpc1": operation = .increment(.gpc1, .gpc1Rate)
        case "sc-inc-gpc": operation = .increment(.gpc, .gpcRate)
        case "sc-set-gpt0": operation = .set(.gpt0)
        case "sc-set-gpt": operation = .set(.gpt)
        default: return nil
        }
        if action == "sc-inc-gpc" || action == "sc-set-gpt" {
            guard let place = numbers.popFirst() else { return nil }
            element = place
        }
        let number = numbers.first ?? 0
        guard (0..<3).contains(number) else { return nil }
        counter = UInt8(number)
    }
}
