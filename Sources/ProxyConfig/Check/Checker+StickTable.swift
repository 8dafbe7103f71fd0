import Diagnostics

extension Checker {
    /// `stick-table type <type> [len <n>] size <n> [expire <time>] [nopurge] [peers <name>] [srvkey <what>] [store <data>]…`
    mutating func checkStickTable() {
        recorded?.dependsOnOthers = true
        let name = draft?.name ?? ""
        if let other = stickTables[name] {
            error(
                at: 0,
                "stick-table name '\(name)' conflicts with table declared in \(draft?.kind.rawValue ?? "") '\(name)' at "
                    + "\(source(other.line)).",
                remedy: "remove one of them"
            )
            return
        }
        readStickTable(StickTable(name: name, position: position(0)), from: 1)
    }

    /// `table <name> type …` of a `peers` section.
    mutating func checkPeersTable() {
        var table = StickTable(name: "\(lexer.variables.section)/\(word(1))", position: position(0))
        table.peers = lexer.variables.section
        readStickTable(table, from: 2)
    }

    private mutating func readStickTable(_ start: StickTable, from first: Int) {
        var table = start
        var index = first
        var hasType = false
        while !word(index).isEmpty {
            let option = word(index)
            let value = word(index + 1)
            index += 2
            switch option {
            case "type":
                guard let kind = StickTable.Kind(rawValue: value) else {
                    error(
                        at: index - 1,
                        "stick-table: unknown type '\(value)'.",
                        remedy: "write ip, ipv6, integer, string or binary"
                    )
                    return
                }
                hasType = true
                table.kind = kind
                guard kind == .string || kind == .binary, word(index) == "len" else { continue }
                guard let length = Int(word(index + 1)), length > 0 else {
                    error(at: index + 1, "stick-table: unknown type '\(word(index + 1))'.", remedy: "write a length")
                    return
                }
                // No key is as long as that, and one more is still a number.
                table.length = min(length, Int(Int32.max) - 1) + (kind == .string ? 1 : 0)
                index += 2
            case "size":
                guard let size = size(value, at: index - 1) else { return }
                table.size = size
            case "expire":
                guard let time = tableTime(value, at: index - 1) else { return }
                table.expiry = time
            case "nopurge":
                table.purges = false
                index -= 1
            case "peers": table.peers = value
            case "srvkey":
                guard value == "name" || value == "addr" else {
                    error(
                        at: index - 1,
                        "stick-table : unknown server key type '\(value)'.",
                        remedy: "write name or addr"
                    )
                    return
                }
                table.knowsServersByAddress = value == "addr"
            case "store":
                if let problem = StickStore.problem(value) {
                    let remedy = "see stick-table in the manual's chapter 4.2 for what can be stored"
                    error(at: index - 1, "stick-table\(problem)", remedy: remedy)
                    return
                }
                table.stores += StickStore.items(value)
            default:
                error(
                    at: index - 2,
                    "stick-table: unknown argument '\(option)'.",
                    remedy: "write type, size, expire, nopurge, peers, srvkey or store"
                )
                return
            }
        }
        guard table.size > 0 else {
            error(at: 1, "stick-table: missing size.", remedy: "write size and a number of entries")
            return
        }
        guard hasType else {
            error(
                at: 1,
                "stick-table: missing type.",
                remedy: "write type and one of ip, ipv6, integer, string, binary"
            )
            return
        }
        model.stickTables.append(table)
        stickTables[table.name] = table.position
    }

    /// A number with `k`, `m` or `g`, powers of 1024.
    private mutating func size(_ text: String, at index: Int) -> Int? {
        let digits = text.utf8.prefix { (48...57).contains($0) }
        let unit = text.dropFirst(digits.count)
        let factors: [Substring: Int] = [
            "": 1, "k": 1 << 10, "K": 1 << 10, "m": 1 << 20, "M": 1 << 20, "g": 1 << 30, "G": 1 << 30,
        ]
        guard let factor = factors[unit], let number = Int(String(Substring(digits))),
            number <= Int(UInt32.max) / factor
        else {
            error(
                at: index,
                "stick-table: unexpected character '\(unit.first { !"kKmMgG".contains($0) } ?? unit.last ?? " ")' in argument of 'size'.",
                remedy: "write a number such as 100k"
            )
            return nil
        }
        return number * factor
    }

    private mutating func tableTime(_ text: String, at index: Int) -> Int?? {
        guard let time = try? TimeText.milliseconds(text) else {
            error(
                at: index,
                "stick-table: unexpected character '\(text.first ?? " ")' in argument of 'expire'.",
                remedy: "write a time such as 30m"
            )
            return nil
        }
        return .some(time == 0 ? nil : time)
    }

}
