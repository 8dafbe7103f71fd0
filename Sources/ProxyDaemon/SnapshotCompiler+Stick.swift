internal import ProxyConfig
internal import ProxyEngine

extension SnapshotCompiler {
    /// - Parameter isStuckTo: `stick` rules use it.
    static func stickTable(_ table: ProxyConfig.StickTable, isStuckTo: Bool) -> ProxyEngine.StickTable {
        let kind: ProxyEngine.StickTable.Kind =
            switch table.kind {
            case .ip: .v4
            case .ipv6: .v6
            case .integer: .integer
            case .string: .string
            case .binary: .binary
            }
        return ProxyEngine.StickTable(
            name: table.name,
            kind: kind,
            length: UInt16(clamping: table.length),
            size: UInt32(clamping: table.size),
            expiry: milliseconds(table.expiry),
            purges: table.purges,
            knowsServersByAddress: table.knowsServersByAddress,
            data: data(of: table, isStuckTo: isStuckTo),
            peers: table.peers
        )
    }

    private static func data(of table: ProxyConfig.StickTable, isStuckTo: Bool) -> [StickData] {
        var data = isStuckTo ? StickData.servers : []
        for stored in table.stores {
            guard let kind = StickData.Kind(name: stored.name), !data.contains(where: { $0.kind == kind }) else {
                continue
            }
            data.append(
                StickData(kind, count: UInt16(clamping: stored.count), period: UInt32(clamping: stored.period))
            )
        }
        return data.sorted { $0.kind.rawValue < $1.kind.rawValue }
    }

    /// The names of tables that `stick` rules use.
    var stuckTables: Set<String> {
        // By index: a copy of each costs more than the look at it.
        var names: Set<String> = []
        for index in model.backends.indices where !model.backends[index].stickRules.isEmpty {
            names.formUnion(model.backends[index].stickRules.map { $0.table })
        }
        return names
    }

    /// nil for a rule that nothing can be done about: connections do not stick, and are served. ``NotFollowed`` says so.
    static func stickRule(_ rule: ProxyConfig.StickRule, of proxy: String) -> ProxyEngine.StickRule? {
        guard rule.quarantine == nil, let condition = Disjunction(rule.condition, of: proxy), !condition.neverHolds
        else {
            return nil
        }
        let pattern: ProxyEngine.StickRule.Pattern
        switch rule.pattern {
        case .source(let v4, let v6):
            pattern = .source(bitsV4: UInt8(clamping: v4), bitsV6: v6.map { UInt8(clamping: $0) })
        case .destination(let v4, let v6):
            pattern = .destination(bitsV4: UInt8(clamping: v4), bitsV6: v6.map { UInt8(clamping: $0) })
        case .sourcePort: pattern = .sourcePort
        case .destinationPort: pattern = .destinationPort
        case .integer(let value): pattern = .integer(UInt32(truncatingIfNeeded: value))
        case .text(let text): pattern = .text(text)
        case .expression(let expression): pattern = .expression(ProxyEngine.SampleExpression(expression, of: proxy))
        case .other: return nil
        }
        var result = ProxyEngine.StickRule(
            matches: rule.matches,
            stores: rule.stores,
            table: rule.table,
            pattern: pattern,
            alternatives: condition.terms
        )
        result.isInverted = condition.isInverted
        result.isOfResponse = rule.isOfResponse
        return result
    }
}
