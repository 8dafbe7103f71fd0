extension ByteWriter {
    mutating func write(_ table: StickTable) {
        string(table.name)
        number(table.kind.rawValue)
        number(table.length)
        number(table.size)
        optional(table.expiry) { $0.number($1) }
        flag(table.purges)
        flag(table.knowsServersByAddress)
        list(table.data) {
            $0.number($1.kind.rawValue)
            $0.number($1.count)
            $0.number($1.period)
        }
        optional(table.peers) { $0.string($1) }
    }

    mutating func write(_ rule: StickRule) {
        flag(rule.matches)
        flag(rule.stores)
        flag(rule.isOfResponse)
        string(rule.table)
        switch rule.pattern {
        case .source(let bitsV4, let bitsV6):
            number(UInt8(0))
            number(bitsV4)
            optional(bitsV6) { $0.number($1) }
        case .destination(let bitsV4, let bitsV6):
            number(UInt8(1))
            number(bitsV4)
            optional(bitsV6) { $0.number($1) }
        case .sourcePort: number(UInt8(2))
        case .destinationPort: number(UInt8(3))
        case .integer(let value):
            number(UInt8(4))
            number(value)
        case .text(let value):
            number(UInt8(5))
            string(value)
        case .expression(let expression):
            number(UInt8(6))
            write(expression)
        }
        write(rule.alternatives, isInverted: rule.isInverted)
    }
}

extension ByteReader {
    mutating func stickTable() throws(MalformedSnapshot) -> StickTable {
        let name = try string()
        guard let kind = StickTable.Kind(rawValue: try number()) else { throw MalformedSnapshot() }
        return StickTable(
            name: name,
            kind: kind,
            length: try number(),
            size: try number(),
            expiry: try optionalNumber(),
            purges: try flag(),
            knowsServersByAddress: try flag(),
            data: try list { (reader) throws(MalformedSnapshot) in try reader.stickData() },
            peers: try flag() ? try string() : nil
        )
    }

    private mutating func stickData() throws(MalformedSnapshot) -> StickData {
        guard let kind = StickData.Kind(rawValue: try number()) else { throw MalformedSnapshot() }
        return StickData(kind, count: try number(), period: try number())
    }

    mutating func stickRule() throws(MalformedSnapshot) -> StickRule {
        let matches = try flag()
        let stores = try flag()
        let isOfResponse = try flag()
        let table = try string()
        let pattern: StickRule.Pattern
        switch try number(UInt8.self) {
        case 0: pattern = .source(bitsV4: try bits(32), bitsV6: try flag() ? try bits(128) : nil)
        case 1: pattern = .destination(bitsV4: try bits(32), bitsV6: try flag() ? try bits(128) : nil)
        case 2: pattern = .sourcePort
        case 3: pattern = .destinationPort
        case 4: pattern = .integer(try number())
        case 5: pattern = .text(try string())
        case 6: pattern = .expression(try expression())
        default: throw MalformedSnapshot()
        }
        let (alternatives, isInverted) = try alternatives()
        var rule = StickRule(
            matches: matches,
            stores: stores,
            table: table,
            pattern: pattern,
            alternatives: alternatives
        )
        rule.isInverted = isInverted
        rule.isOfResponse = isOfResponse
        return rule
    }

    private mutating func bits(_ most: UInt8) throws(MalformedSnapshot) -> UInt8 {
        let count: UInt8 = try number()
        guard count <= most else { throw MalformedSnapshot() }
        return count
    }
}
