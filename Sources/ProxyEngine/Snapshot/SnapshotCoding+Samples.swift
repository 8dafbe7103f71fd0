// Conditions, and the samples that they are about.

extension ByteWriter {
    mutating func write(_ alternatives: [[Condition]], isInverted: Bool) {
        flag(isInverted)
        list(alternatives) { $0.list($1) { $0.write($1) } }
    }

    private mutating func write(_ condition: Condition) {
        flag(condition.negated)
        write(condition.test)
        list(condition.others) { $0.write($1) }
    }

    private mutating func write(_ test: Condition.Test) {
        switch test {
        case .destinationPort(let ranges):
            number(UInt8(0))
            list(ranges) { $0.range($1) }
        case .sourcePort(let ranges):
            number(UInt8(1))
            list(ranges) { $0.range($1) }
        case .source(let networks):
            number(UInt8(2))
            list(networks) { $0.network($1) }
        case .destination(let networks):
            number(UInt8(3))
            list(networks) { $0.network($1) }
        case .constant(let value):
            number(UInt8(4))
            flag(value)
        case .sample(let test):
            number(UInt8(5))
            write(test.expression)
            write(test.patterns)
        }
    }

    mutating func write(_ expression: SampleExpression) {
        write(expression.fetch)
        list(expression.converters) { $0.write($1) }
    }

    private mutating func write(_ call: SampleCall) {
        string(call.name)
        list(call.arguments) { $0.string($1) }
    }
}

extension ByteReader {
    mutating func alternatives() throws(MalformedSnapshot) -> ([[Condition]], isInverted: Bool) {
        let isInverted = try flag()
        let alternatives = try list { (reader) throws(MalformedSnapshot) in
            try reader.list { (reader) throws(MalformedSnapshot) in try reader.condition() }
        }
        return (alternatives, isInverted)
    }

    private mutating func condition() throws(MalformedSnapshot) -> Condition {
        let negated = try flag()
        var condition = Condition(try test(), negated: negated)
        condition.others = try list { (reader) throws(MalformedSnapshot) in try reader.test() }
        return condition
    }

    private mutating func test() throws(MalformedSnapshot) -> Condition.Test {
        switch try number(UInt8.self) {
        case 0: return .destinationPort(try list { (reader) throws(MalformedSnapshot) in try reader.range() })
        case 1: return .sourcePort(try list { (reader) throws(MalformedSnapshot) in try reader.range() })
        case 2: return .source(try list { (reader) throws(MalformedSnapshot) in try reader.network() })
        case 3: return .destination(try list { (reader) throws(MalformedSnapshot) in try reader.network() })
        case 4: return .constant(try flag())
        case 5:
            let expression = try expression()
            return .sample(SampleTest(expression, try patternTest()))
        default: throw MalformedSnapshot()
        }
    }

    mutating func expression() throws(MalformedSnapshot) -> SampleExpression {
        let fetch = try call()
        return SampleExpression(fetch, try list { (reader) throws(MalformedSnapshot) in try reader.call() })
    }

    private mutating func call() throws(MalformedSnapshot) -> SampleCall {
        let name = try string()
        return SampleCall(name, try list { (reader) throws(MalformedSnapshot) in try reader.string() })
    }
}
