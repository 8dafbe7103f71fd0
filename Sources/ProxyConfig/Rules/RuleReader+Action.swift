extension RuleReader {
    /// What the rule does, once it is read.
    ///
    /// - Parameters:
    ///   - name: The action as it is written, with its parentheses.
    ///   - first: Where its arguments begin.
    /// - Throws: why it cannot be followed.
    func action(_ name: String, from first: Int) throws(NotAnswered) -> ConnectionRule.Action {
        let base = String(name.prefix { $0 != "(" })
        let inside = name.utf8.count > base.utf8.count ? String(name.dropFirst(base.utf8.count + 1).dropLast()) : ""
        let argument = first < words.count ? words[first] : ""
        for expression in expressions { if let problem = AnsweredSamples.problem(expression) { throw problem } }
        switch base {
        case "accept": return .accept
        case "reject": return .reject
        case "silent-drop": return .silentDrop
        case "close": return .close
        case "set-nice": return .nothing
        case "expect-proxy": return .expectProxy
        case "set-mark": return .setMark(Self.mark(argument))
        case "set-tos": return .setTypeOfService(UInt8(truncatingIfNeeded: Self.mark(argument)))
        case "set-log-level":
            guard argument != "silent" else { return .setLogLevel(nil) }
            return .setLogLevel(LogTarget.Level.allCases.first { "\($0)" == argument } ?? .info)
        case "set-var", "set-var-fmt", "unset-var":
            // Conditions of the variable stand behind its name, and are kept there.
            if base == "unset-var" { return .unsetVariable(inside) }
            if base == "set-var-fmt" { return .formatVariable(inside, formats.first?.text ?? "") }
            if let expression = expressions.first { return .setVariable(inside, expression) }
        case "track-sc0", "track-sc1", "track-sc2":
            guard let expression = expressions.first, let number = Int(base.suffix(1)) else { break }
            let table = words[..<index].lastIndex(of: "table").map { $0 + 1 < index ? words[$0 + 1] : "" } ?? ""
            return .track(number, expression, table: table)
        case _ where base.hasPrefix("sc-"):
            let numbers = inside.split(separator: ",").compactMap { Int($0) }
            let value = expressions.first.map { ConnectionRule.CounterValue.expression($0) }
            return .counter(base, numbers, value ?? Int(argument).map { .number($0) })
        default: break
        }
        guard let expression = expressions.first else { throw NotAnswered("'\(base)' is not followed yet") }
        switch base {
        case "set-src": return .setSource(expression)
        case "set-src-port": return .setSourcePort(expression)
        case "set-dst": return .setDestination(expression)
        case "set-dst-port": return .setDestinationPort(expression)
        case "set-priority-class": return .setPriorityClass(expression)
        case "set-priority-offset": return .setPriorityOffset(expression)
        case "capture":
            if let length = captureLength { return .capture(expression, slot: 0, length: length) }
        default: break
        }
        throw NotAnswered("'\(base)' is not followed yet")
    }

    /// HAProxy keeps 32 bits.
    private static func mark(_ text: String) -> UInt32 { UInt32(truncatingIfNeeded: CNumber(text).value) }
}

/// What is right and cannot be followed.
struct NotAnswered: Error, Sendable, Hashable {
    /// A sentence without its full stop.
    var reason: String

    init(_ reason: String) { self.reason = reason }
}
