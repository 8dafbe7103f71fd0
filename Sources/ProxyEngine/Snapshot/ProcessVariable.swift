/// A variable of the process, and what it is set to (`set-var` of the section `global`, the command `set var`).
public struct ProcessVariable: Hashable, Sendable {
    /// How a rule would do it.
    let action: ConnectionRule.Action

    /// - Parameter name: Perhaps with conditions behind it: `proc.a,ifnotset`.
    /// - Returns: nil for what only a connection, a proxy or a table could answer.
    public init?(_ name: String, _ expression: SampleExpression) {
        guard expression.isOfProcess else { return nil }
        action = .setVariable(name, expression)
    }

    public init?(_ name: String, _ format: LineFormat) {
        let isKnown = format.parts.allSatisfy { part in
            switch part {
            case .text: true
            case .sample(let expression, _): expression.isOfProcess
            case .variable(let variable, _): variable == .process || variable == .hostName
            }
        }
        guard isKnown else { return nil }
        action = .formatVariable(name, format)
    }

    public func encoded() -> [UInt8] {
        var writer = ByteWriter()
        writer.write(self)
        return writer.bytes
    }

    /// - Throws: ``MalformedSnapshot`` for bytes that ``encoded()`` did not make.
    public init(encoded bytes: [UInt8]) throws(MalformedSnapshot) {
        var reader = ByteReader(bytes)
        self = try reader.processVariable()
    }
}

extension ByteWriter {
    mutating func write(_ variable: ProcessVariable) {
        switch variable.action {
        case .setVariable(let name, let expression):
            flag(false)
            string(name)
            write(expression)
        case .formatVariable(let name, let format):
            flag(true)
            string(name)
            write(format)
        // There is no way to make one.
        default: flag(false)
        }
    }
}

extension ByteReader {
    mutating func processVariable() throws(MalformedSnapshot) -> ProcessVariable {
        let isFormat = try flag()
        let name = try string()
        let variable =
            isFormat ? ProcessVariable(name, try lineFormat()) : ProcessVariable(name, try expression())
        guard let variable else { throw MalformedSnapshot() }
        return variable
    }
}

extension SampleExpression {
    /// It asks for nothing that a connection, a proxy or a table would have to answer.
    fileprivate var isOfProcess: Bool {
        guard let method = SampleFetch(name: fetch.name) else { return false }
        switch method {
        case .alwaysFalse, .alwaysTrue, .boolean, .integer, .text, .bytes, .addressV4, .addressV6, .date,
            .microsecondDate,
            .hostName, .processCount, .process, .random, .thread, .uuid, .variable:
            break
        default: return false
        }
        return converters.allSatisfy { call in
            guard let converter = SampleConverter(name: call.name) else { return false }
            switch converter {
            case .setVariable, .unsetVariable: return call.arguments.first?.hasPrefix("proc.") ?? false
            case .map: return false
            default: return !converter.asksTable
            }
        }
    }
}
