internal import ProxyEngine

/// What the master asks of whoever serves.
enum EngineQuestion {
    case report
    case order(ServerOrder)
    case table(TableQuestion)

    func encoded() -> [UInt8] {
        switch self {
        case .report: [0]
        case .order(let order): [1] + order.encoded()
        case .table(let question): [2] + question.encoded()
        }
    }

    /// - Throws: ``MalformedSnapshot`` for bytes that ``encoded()`` did not make.
    init(encoded bytes: [UInt8]) throws(MalformedSnapshot) {
        switch bytes.first {
        case 0: self = .report
        case 1: self = .order(try ServerOrder(encoded: Array(bytes.dropFirst())))
        case 2: self = .table(try TableQuestion(encoded: Array(bytes.dropFirst())))
        default: throw MalformedSnapshot()
        }
    }

    /// The answer's bytes: a report, whether there is such a server, or a ``TableAnswer``.
    func answer(_ engine: Engine) -> [UInt8] {
        switch self {
        case .report: engine.report().encoded()
        case .order(let order): [engine.perform(order) ? 1 : 0]
        case .table(let question): engine.answer(question).encoded()
        }
    }
}
