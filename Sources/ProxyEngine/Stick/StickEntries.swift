internal import Addresses

/// The `stick` rules of a backend, compiled for the data path.
struct StickEntry {
    /// Those of the request, in order, then `store-response`, in order.
    var rules: UnsafePointer<StickRuleEntry>
    var requestCount: Int
    var count: Int
    /// What ``ServerNames`` calls each server; 0 for one that nobody sticks to.
    var names: UnsafePointer<UInt32>
    var addresses: UnsafePointer<UInt32>
    /// The numbers of their lines.
    var ids: UnsafePointer<UInt32>
    /// A rule of the request has a condition or an expression, which has to be evaluated once for each connection: it may have
    /// effects, and what it looks at may have gone later.
    var evaluates: Bool
}

struct StickRuleEntry {
    enum Kind: UInt8 {
        case source
        case destination
        case sourcePort
        case destinationPort
        case constant
        case expression
    }

    var condition: ConditionList
    var memory: UnsafeMutablePointer<StickMemory>
    var kind: Kind
    var matches: Bool
    var stores: Bool
    /// Servers are known by address.
    var byAddress: Bool
    /// Bits that do not count; 255: such an address is no key.
    var droppedV4: UInt8 = 0
    var droppedV6: UInt8 = 0
    /// Of a constant.
    var key: StickKey?
    var expression: UnsafePointer<ExpressionEntry>?
}

extension Plan {
    /// The tables of a snapshot: those of the plan before with what they know, or new ones.
    static func stickTables(
        _ tables: [StickTable],
        _ former: [String: SharedStickTable]
    ) -> [String: SharedStickTable] {
        var result: [String: SharedStickTable] = [:]
        for table in tables {
            // Without the memory for it there is no table, and nobody sticks.
            result[table.name] = former[table.name]?.succeeded(by: table) ?? (try? SharedStickTable(table))
        }
        return result
    }

    /// nil for a backend without rules.
    static func stick(
        _ backend: Backend,
        _ arena: inout Arena,
        _ compiler: inout SampleCompiler,
        _ catalog: inout PlanCatalog
    ) -> UnsafePointer<StickEntry>? {
        if backend.stickRules.isEmpty { return nil }
        var rules: [StickRuleEntry] = []
        let ofRequest = backend.stickRules.filter { !$0.isOfResponse }
        var requestCount = 0
        for rule in ofRequest + backend.stickRules.filter({ $0.isOfResponse }) {
            guard let shared = catalog.sticks[rule.table], let entry = compile(rule, shared, &arena, &compiler) else {
                continue
            }
            rules.append(entry)
            if !rule.isOfResponse { requestCount += 1 }
        }
        if rules.isEmpty { return nil }
        func numbers(_ text: (Server) -> String) -> [UInt32] {
            backend.servers.map { $0.isNeverStuckTo ? 0 : catalog.serverNames.number(of: text($0)) }
        }
        let names = arena.copy(numbers { $0.name })
        let addresses = arena.copy(numbers { "\($0.placeText)" })
        let entry = StickEntry(
            rules: arena.copy(rules),
            requestCount: requestCount,
            count: rules.count,
            names: names,
            addresses: addresses,
            ids: arena.copy(backend.servers.enumerated().map { $1.id == 0 ? UInt32($0 + 1) : $1.id }),
            evaluates: rules.prefix(requestCount).contains { $0.condition.count > 0 || $0.expression != nil }
        )
        return arena.copy([entry])
    }

    private static func compile(
        _ rule: StickRule,
        _ shared: SharedStickTable,
        _ arena: inout Arena,
        _ compiler: inout SampleCompiler
    ) -> StickRuleEntry? {
        let table = shared.table
        var entry = StickRuleEntry(
            condition: arena.conditions(rule.alternatives, rule.isInverted, &compiler),
            memory: shared.memory,
            kind: .constant,
            matches: rule.matches,
            stores: rule.stores,
            byAddress: table.knowsServersByAddress
        )
        switch rule.pattern {
        case .source(let bitsV4, let bitsV6):
            entry.kind = .source
            (entry.droppedV4, entry.droppedV6) = (32 - bitsV4, bitsV6.map { 128 - $0 } ?? 255)
        case .destination(let bitsV4, let bitsV6):
            entry.kind = .destination
            (entry.droppedV4, entry.droppedV6) = (32 - bitsV4, bitsV6.map { 128 - $0 } ?? 255)
        case .sourcePort: entry.kind = .sourcePort
        case .destinationPort: entry.kind = .destinationPort
        case .integer(let value):
            entry.key = StickKey(Party(number: UInt128(value)), for: table.kind, length: table.length)
        case .expression(let expression):
            entry.kind = .expression
            entry.expression = compiler.copy(expression, &arena)
        case .text(let value): entry.key = StickKey(Array(value.utf8), for: table.kind, length: table.length)
        }
        return entry.kind == .constant && entry.key == nil ? nil : entry
    }
}
