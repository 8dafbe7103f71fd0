/// ``ConnectionRules`` in the plan's memory.
struct ConnectionRulesEntry {
    var connection: ConnectionRuleList
    var session: ConnectionRuleList
    var content: ConnectionRuleList
    var response: ConnectionRuleList
    /// Milliseconds; 0: what is there is judged at once.
    var inspectDelay: UInt32
    var responseDelay: UInt32
    var isListen: Bool
    /// Slots for what is captured.
    var captureCount: Int
}

struct ConnectionRuleList {
    var start: UnsafePointer<ConnectionRuleEntry>
    var count: Int
}

struct ConnectionRuleEntry {
    enum Kind: UInt8 {
        case accept
        case reject
        case silentDrop
        case close
        case expectProxy
        case setSource
        case setSourcePort
        case setDestination
        case setDestinationPort
        case setMark
        case setTypeOfService
        case setVariable
        case formatVariable
        case unsetVariable
        case setLogLevel
        /// Nothing is done but to ask: what the expression does besides is done.
        case evaluate
        case track
        case changeCounter
        case setPriorityClass
        case setPriorityOffset
        case capture
    }

    var kind: Kind
    var condition: ConditionList
    var expression: UnsafePointer<ExpressionEntry>?
    var format: UnsafePointer<LineFormatEntry>?
    /// A mark, a level, what ``VariableNames`` calls a variable, or which of the tracked entries.
    var number: UInt32 = 0
    /// Of a rule that tracks.
    var memory: UnsafeMutablePointer<StickMemory>?
    var counter: CounterChange?
    /// Of a rule that sets a variable.
    var conditions: VariableConditions = []
    /// Of a rule that captures: bytes at most.
    var length = 0
}

extension ConnectionRuleEntry {
    /// - Parameter text: A name, perhaps with conditions behind it: `txn.a,ifnotset`.
    fileprivate mutating func setVariable(_ text: String, _ compiler: SampleCompiler) {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        number = compiler.names.number(of: String(parts.first ?? ""))
        conditions = VariableConditions(names: parts.dropFirst())
    }
}

/// A ``SampleTest`` in the plan's memory.
struct SampleTestEntry {
    var expression: UnsafePointer<ExpressionEntry>
    var patterns: PatternSetEntry
}

extension Arena {
    /// nil where there is nothing to look at.
    mutating func connectionRules(
        _ rules: ConnectionRules,
        _ compiler: inout SampleCompiler
    ) -> UnsafePointer<ConnectionRulesEntry>? {
        if rules == .usual { return nil }
        let entry = ConnectionRulesEntry(
            connection: list(rules.connection, scope: .none, &compiler),
            session: list(rules.session, scope: .none, &compiler),
            content: list(rules.content, scope: .request, &compiler),
            response: list(rules.response, scope: .response, &compiler),
            inspectDelay: rules.inspectDelay ?? 0,
            responseDelay: rules.responseDelay ?? 0,
            isListen: rules.isListen,
            captureCount: Int(rules.captureCount)
        )
        return copy([entry])
    }

    /// - Parameter scope: Before there is a transaction its variables cannot be set, nor those of a request in a response
    ///   (configuration manual, 2.8): HAProxy takes such a rule, and nothing comes of it.
    private mutating func list(
        _ rules: [ConnectionRule],
        scope: SampleDesk.Side,
        _ compiler: inout SampleCompiler
    ) -> ConnectionRuleList {
        func mayBeSet(_ name: String) -> Bool {
            if name.hasPrefix("txn.") { return scope != .none }
            if name.hasPrefix("req.") { return scope == .request }
            return !name.hasPrefix("res.") || scope == .response
        }
        let entries = rules.map { rule -> ConnectionRuleEntry in
            let condition = conditions(rule.condition.alternatives, rule.condition.isInverted, &compiler)
            var entry = ConnectionRuleEntry(kind: .evaluate, condition: condition)
            func set(_ kind: ConnectionRuleEntry.Kind, _ expression: SampleExpression? = nil) {
                entry.kind = kind
                if let expression { entry.expression = compiler.copy(expression, &self) }
            }
            switch rule.action {
            case .accept: set(.accept)
            case .reject: set(.reject)
            case .silentDrop: set(.silentDrop)
            case .close: set(.close)
            case .expectProxy: set(.expectProxy)
            case .setSource(let expression): set(.setSource, expression)
            case .setSourcePort(let expression): set(.setSourcePort, expression)
            case .setDestination(let expression): set(.setDestination, expression)
            case .setDestinationPort(let expression): set(.setDestinationPort, expression)
            case .setMark(let mark):
                set(.setMark)
                entry.number = mark
            case .setTypeOfService(let value):
                set(.setTypeOfService)
                entry.number = UInt32(value)
            case .setVariable(let name, let expression):
                set(mayBeSet(name) ? .setVariable : .evaluate, expression)
                entry.setVariable(name, compiler)
            case .formatVariable(let name, let format):
                guard mayBeSet(name) else { break }
                set(.formatVariable)
                entry.format = lineFormat(format, &compiler)
                entry.setVariable(name, compiler)
            case .unsetVariable(let name):
                guard mayBeSet(name) else { break }
                set(.unsetVariable)
                entry.number = compiler.names.number(of: name)
            case .setLogLevel(let level):
                set(.setLogLevel)
                // As ``RareState/logLevel``.
                entry.number = level.map { UInt32($0.rawValue) + 1 } ?? UInt32(UInt8.max)
            case .track(let counter, let expression, let table):
                guard let shared = compiler.tables[table] else { break }
                set(.track, expression)
                entry.number = UInt32(counter)
                entry.memory = shared.memory
            case .counter(let action, let numbers, let value):
                guard let change = CounterChange(action, numbers) else { break }
                set(.changeCounter, value)
                entry.counter = change
            case .setPriorityClass(let expression): set(.setPriorityClass, expression)
            case .setPriorityOffset(let expression): set(.setPriorityOffset, expression)
            case .capture(let expression, let slot, let length):
                set(.capture, expression)
                entry.number = UInt32(slot) + 1
                entry.length = Int(length)
            }
            return entry
        }
        return ConnectionRuleList(start: copy(entries), count: entries.count)
    }
}
