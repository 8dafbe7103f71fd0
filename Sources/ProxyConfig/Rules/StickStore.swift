/// The data that a stick table keeps beside its keys (`store`).
enum StickStore {
    /// The problem with `gpc0,conn_rate(10s),…`, behind the word stick-table.
    static func problem(_ text: String) -> String? {
        var names: Set<Substring> = []
        for item in text.split(separator: ",", omittingEmptySubsequences: false) {
            // An argument may hold a comma: `gpc_rate(3,1s)`.
            let name = item.prefix { $0 != "(" }
            if item.hasSuffix(")"), !item.contains("(") { continue }
            guard let takes = kinds[String(name)] else { return ": unknown store option '\(name)'." }
            names.insert(name)
            let argument = item.dropFirst(name.count).dropFirst().prefix { $0 != ")" }
            switch takes {
            case .nothing: break
            case .period, .count:
                if argument.isEmpty { return ": missing argument to store option '\(name)'." }
                if takes == .count {
                    // `gpc_rate(3,1s)` was split at its comma.
                    guard (1...100).contains(Checker.number(String(argument))) else {
                        return ": array size is out of allowed range (1-100) for store option '\(name)'."
                    }
                } else if (try? TimeText.milliseconds(String(argument))) == nil {
                    return ": error when processing store option '\(name)'."
                }
            }
        }
        for (array, single) in [("gpt", "gpt0"), ("gpc", "gpc0"), ("gpc_rate", "gpc0_rate")] {
            guard names.contains(array[...]), names.contains(single[...]) else { continue }
            return
                ": simultaneous usage of '\(array)' and '\(single)' in a same table is not permitted as '\(array)' overrides "
                + "'\(single)'."
        }
        return nil
    }

    /// What `gpc0,conn_rate(10s),…` names, which has no problem.
    static func items(_ text: String) -> [StickTable.Stored] {
        var items: [StickTable.Stored] = []
        var rest = Substring(text)
        while !rest.isEmpty {
            let name = rest.prefix { $0 != "(" && $0 != "," }
            rest = rest.dropFirst(name.count)
            var arguments: [Substring] = []
            if rest.first == "(" {
                let inside = rest.dropFirst().prefix { $0 != ")" }
                rest = rest.dropFirst(inside.count + 2)
                arguments = inside.split(separator: ",")
            }
            rest = rest.dropFirst()
            let takes = kinds[String(name)]
            let time = takes == .period ? arguments.first : arguments.dropFirst().first
            let milliseconds = time.flatMap { try? TimeText.milliseconds(String($0)) }
            items.append(
                StickTable.Stored(
                    name: String(name),
                    count: takes == .count ? arguments.first.flatMap { Int($0) } ?? 1 : 1,
                    period: milliseconds ?? 0
                )
            )
        }
        return items
    }

    private enum Takes {
        case nothing
        case period
        case count
    }

    private static let kinds: [String: Takes] = [
        "server_id": .nothing, "server_key": .nothing, "gpc0": .nothing, "gpc1": .nothing, "gpt0": .nothing,
        "conn_cnt": .nothing, "conn_cur": .nothing, "sess_cnt": .nothing, "http_req_cnt": .nothing,
        "http_err_cnt": .nothing, "http_fail_cnt": .nothing, "bytes_in_cnt": .nothing, "bytes_out_cnt": .nothing,
        "gpc0_rate": .period, "gpc1_rate": .period, "conn_rate": .period, "sess_rate": .period,
        "http_req_rate": .period, "http_err_rate": .period, "http_fail_rate": .period, "bytes_in_rate": .period,
        "bytes_out_rate": .period, "gpt": .count, "gpc": .count, "gpc_rate": .count,
    ]
}
