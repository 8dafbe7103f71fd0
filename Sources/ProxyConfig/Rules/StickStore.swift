/// The data that a stick table keeps beside its keys (`store`).
enum StickStore {
    /// The problem with `gpc0,conn_rate(10s),…`, behind the word stick-table.
    static func problem(_ text: String) -> String? {
        var names: Set<Substring> = []
        var rest = Substring(text)
        while !rest.isEmpty {
            let (name, arguments, isClosed) = next(&rest)
            guard isClosed else { return ": missing closing parenthesis after store option '\(name)'." }
            guard let takes = kinds[String(name)] else { return ": unknown store option '\(name)'." }
            names.insert(name)
            guard takes != .nothing else {
                if arguments == nil { continue }
                return ": unexpected argument to store option '\(name)'."
            }
            guard var arguments else { return ": missing argument to store option '\(name)'." }
            if takes != .period {
                guard (1...100).contains(Checker.number(String(arguments.removeFirst()))) else {
                    return ": array size is out of allowed range (1-100) for store option '\(name)'."
                }
                guard takes == .countAndPeriod else {
                    if arguments.isEmpty { continue }
                    return ": unexpected argument to store option '\(name)'."
                }
            }
            guard let period = arguments.first else { return ": missing argument to store option '\(name)'." }
            if (try? TimeText.milliseconds(String(period))) == nil {
                return ": error when processing store option '\(name)'."
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
            let (name, found, _) = next(&rest)
            let arguments = found ?? []
            let takes = kinds[String(name)]
            let time = takes == .period ? arguments.first : arguments.dropFirst().first
            let milliseconds = time.flatMap { try? TimeText.milliseconds(String($0)) }
            items.append(
                StickTable.Stored(
                    name: String(name),
                    count: takes == .period ? 1 : arguments.first.map { Checker.number(String($0)) } ?? 1,
                    period: milliseconds ?? 0
                )
            )
        }
        return items
    }

    /// Takes the next item; arguments are nil without parentheses.
    private static func next(_ rest: inout Substring) -> (name: Substring, arguments: [Substring]?, isClosed: Bool) {
        let name = rest.prefix { $0 != "(" && $0 != "," }
        rest = rest.dropFirst(name.count)
        guard rest.first == "(" else {
            rest = rest.dropFirst()
            return (name, nil, true)
        }
        let inside = rest.dropFirst().prefix { $0 != ")" }
        rest = rest.dropFirst(inside.count + 1)
        let isClosed = !rest.isEmpty
        // What stands between it and the next comma is nothing to HAProxy.
        rest = rest.drop { $0 != "," }.dropFirst()
        return (name, inside.split(separator: ",", omittingEmptySubsequences: false), isClosed)
    }

    private enum Takes {
        case nothing
        case period
        case count
        case countAndPeriod
    }

    private static let kinds: [String: Takes] = [
        "server_id": .nothing, "server_key": .nothing, "gpc0": .nothing, "gpc1": .nothing, "gpt0": .nothing,
        "conn_cnt": .nothing, "conn_cur": .nothing, "sess_cnt": .nothing, "http_req_cnt": .nothing,
        "http_err_cnt": .nothing, "http_fail_cnt": .nothing, "bytes_in_cnt": .nothing, "bytes_out_cnt": .nothing,
        "gpc0_rate": .period, "gpc1_rate": .period, "conn_rate": .period, "sess_rate": .period,
        "http_req_rate": .period, "http_err_rate": .period, "http_fail_rate": .period, "bytes_in_rate": .period,
        "bytes_out_rate": .period, "gpt": .count, "gpc": .count, "gpc_rate": .countAndPeriod,
    ]
}
