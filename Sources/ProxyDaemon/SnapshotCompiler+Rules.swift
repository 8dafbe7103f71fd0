internal import ProxyConfig
internal import ProxyEngine

// What `tcp-request` and `tcp-response` lines say.
extension SnapshotCompiler {
    /// Rules that cannot be followed.
    struct Unfollowed: Error {
        var reason: String
    }

    mutating func connectionRules(
        _ rules: ProxyConfig.ConnectionRules,
        of proxy: String
    ) throws(Unfollowed) -> ProxyEngine.ConnectionRules {
        var result = ProxyEngine.ConnectionRules()
        result.connection = try list(rules.connection, proxy)
        result.session = try list(rules.session, proxy)
        result.content = try list(rules.content, proxy)
        result.response = try list(rules.response, proxy)
        result.captureCount = UInt16(clamping: rules.captureCount)
        // A delay alone delays nothing.
        if !result.content.isEmpty { result.inspectDelay = Self.milliseconds(rules.inspectDelay) }
        if !result.response.isEmpty { result.responseDelay = Self.milliseconds(rules.responseDelay) }
        return result
    }

    private mutating func list(
        _ rules: [ProxyConfig.ConnectionRule],
        _ proxy: String
    ) throws(Unfollowed) -> [ProxyEngine.ConnectionRule] {
        var result: [ProxyEngine.ConnectionRule] = []
        for rule in rules {
            guard let condition = Disjunction(rule.condition, of: proxy) else {
                throw Unfollowed(reason: "the condition of a rule has too many alternatives")
            }
            if condition.neverHolds { continue }
            let whom = RuleCondition(condition.terms, isInverted: condition.isInverted)
            guard let action = try action(rule.action, proxy) else { continue }
            result.append(ProxyEngine.ConnectionRule(action, whom))
        }
        return result
    }

    /// nil for one that asks for nothing here.
    private mutating func action(
        _ action: ProxyConfig.ConnectionRule.Action,
        _ proxy: String
    ) throws(Unfollowed) -> ProxyEngine.ConnectionRule.Action? {
        func own(_ expression: ProxyConfig.SampleExpression) -> ProxyEngine.SampleExpression {
            ProxyEngine.SampleExpression(expression, of: proxy)
        }
        switch action {
        case .accept: return .accept
        case .reject: return .reject
        case .silentDrop: return .silentDrop
        case .close: return .close
        case .expectProxy: return .expectProxy
        case .setSource(let expression): return .setSource(own(expression))
        case .setSourcePort(let expression): return .setSourcePort(own(expression))
        case .setDestination(let expression): return .setDestination(own(expression))
        case .setDestinationPort(let expression): return .setDestinationPort(own(expression))
        case .setMark(let mark): return .setMark(mark)
        case .setTypeOfService(let value): return .setTypeOfService(value)
        case .setVariable(let name, let expression): return .setVariable(name, own(expression))
        case .formatVariable(let name, let text):
            guard let format = formats.format(text, of: proxy, isValue: true) else {
                throw Unfollowed(reason: "the format '\(text)' of 'set-var-fmt' is not followed yet")
            }
            return .formatVariable(name, format)
        case .unsetVariable(let name): return .unsetVariable(name)
        case .setLogLevel(let level):
            return .setLogLevel(level.map { LogLevel(rawValue: UInt8($0.rawValue)) ?? .debug })
        case .setPriorityClass(let expression): return .setPriorityClass(own(expression))
        case .setPriorityOffset(let expression): return .setPriorityOffset(own(expression))
        case .capture(let expression, let slot, let length):
            return .capture(own(expression), slot: UInt16(clamping: slot), length: UInt32(clamping: length))
        case .nothing: return nil
        case .track(let number, let expression, let table):
            return .track(UInt8(clamping: number), own(expression), table: table.isEmpty ? proxy : table)
        case .counter(let name, let numbers, let value):
            let expression: ProxyEngine.SampleExpression? =
                switch value {
                case .number(let number): .init(.init("int", [String(number)]))
                case .expression(let expression): own(expression)
                case nil: nil
                }
            return .counter(name, numbers.map { UInt32(clamping: $0) }, expression)
        }
    }
}
