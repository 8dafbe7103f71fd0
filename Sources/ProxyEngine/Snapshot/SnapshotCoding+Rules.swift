// `tcp-request` and `tcp-response` lines.

extension ByteWriter {
    mutating func write(_ rules: ConnectionRules) {
        flag(rules != .usual)
        if rules == .usual { return }
        for list in [rules.connection, rules.session, rules.content, rules.response] {
            self.list(list) { $0.write($1) }
        }
        optional(rules.inspectDelay) { $0.number($1) }
        optional(rules.responseDelay) { $0.number($1) }
        flag(rules.hasSamples)
        flag(rules.isListen)
        number(rules.captureCount)
    }

    private mutating func write(_ rule: ConnectionRule) {
        write(rule.condition.alternatives, isInverted: rule.condition.isInverted)
        switch rule.action {
        case .accept: number(UInt8(0))
        case .reject: number(UInt8(1))
        case .silentDrop: number(UInt8(2))
        case .close: number(UInt8(3))
        case .expectProxy: number(UInt8(4))
        case .setSource(let expression): write(5, expression)
        case .setSourcePort(let expression): write(6, expression)
        case .setDestination(let expression): write(7, expression)
        case .setDestinationPort(let expression): write(8, expression)
        case .setMark(let mark):
            number(UInt8(9))
            number(mark)
        case .setTypeOfService(let value):
            number(UInt8(10))
            number(value)
        case .setVariable(let name, let expression):
            write(11, expression)
            string(name)
        case .formatVariable(let name, let format):
            number(UInt8(12))
            write(format)
            string(name)
        case .unsetVariable(let name):
            number(UInt8(13))
            string(name)
        case .setLogLevel(let level):
            number(UInt8(14))
            optional(level) { $0.number($1.rawValue) }
        case .setPriorityClass(let expression): write(15, expression)
        case .setPriorityOffset(let expression): write(16, expression)
        case .capture(let expression, let slot, let length):
            write(19, expression)
            number(slot)
            number(length)
        case .track(let counter, let expression, let table):
            write(17, expression)
            number(counter)
            string(table)
        case .counter(let action, let numbers, let value):
            number(UInt8(18))
            string(action)
            list(numbers) { $0.number($1) }
            optional(value) { $0.write($1) }
        }
    }

    private mutating func write(_ kind: UInt8, _ expression: SampleExpression) {
        number(kind)
        write(expression)
    }
}

extension ByteReader {
    mutating func connectionRules() throws(MalformedSnapshot) -> ConnectionRules {
        var rules = ConnectionRules()
        guard try flag() else { return rules }
        rules.connection = try ruleList()
        rules.session = try ruleList()
        rules.content = try ruleList()
        rules.response = try ruleList()
        rules.inspectDelay = try optionalNumber()
        rules.responseDelay = try optionalNumber()
        rules.hasSamples = try flag()
        rules.isListen = try flag()
        rules.captureCount = try number()
        return rules
    }

    private mutating func ruleList() throws(MalformedSnapshot) -> [ConnectionRule] {
        try list { (reader) throws(MalformedSnapshot) in
            let (alternatives, isInverted) = try reader.alternatives()
            return ConnectionRule(try reader.action(), RuleCondition(alternatives, isInverted: isInverted))
        }
    }

    private mutating func action() throws(MalformedSnapshot) -> ConnectionRule.Action {
        switch try number(UInt8.self) {
        case 0: return .accept
        case 1: return .reject
        case 2: return .silentDrop
        case 3: return .close
        case 4: return .expectProxy
        case 5: return .setSource(try expression())
        case 6: return .setSourcePort(try expression())
        case 7: return .setDestination(try expression())
        case 8: return .setDestinationPort(try expression())
        case 9: return .setMark(try number())
        case 10: return .setTypeOfService(try number())
        case 11:
            let expression = try expression()
            return .setVariable(try string(), expression)
        case 12:
            let format = try lineFormat()
            return .formatVariable(try string(), format)
        case 13: return .unsetVariable(try string())
        case 14:
            guard try flag() else { return .setLogLevel(nil) }
            guard let level = LogLevel(rawValue: try number()) else { throw MalformedSnapshot() }
            return .setLogLevel(level)
        case 15: return .setPriorityClass(try expression())
        case 16: return .setPriorityOffset(try expression())
        case 19: return .capture(try expression(), slot: try number(), length: try number())
        case 17:
            let expression = try expression()
            return .track(try number(), expression, table: try string())
        case 18:
            let action = try string()
            let numbers = try list { (reader) throws(MalformedSnapshot) in try reader.number(UInt32.self) }
            return .counter(action, numbers, try flag() ? try expression() : nil)
        default: throw MalformedSnapshot()
        }
    }
}
