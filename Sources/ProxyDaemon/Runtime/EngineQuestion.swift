internal import ProxyEngine
internal import ProxyStatistics

/// What the master asks of whoever serves.
enum EngineQuestion {
    case report
    case order(ServerOrder)
    case table(TableQuestion)
    /// Rows of `show stat`, written.
    case statistics(StatisticsSelection, StatisticsFormat, describes: Bool)
    case process
    /// Rings; with a name the messages of one.
    case rings
    case messages(ring: String)
    /// The text of `show peers`, of one section or of all.
    case peers(String?)

    func encoded() -> [UInt8] {
        switch self {
        case .report: [0]
        case .order(let order): [1] + order.encoded()
        case .table(let question): [4] + question.encoded()
        case .statistics(let selection, let format, let describes):
            [2, format.rawValue, describes ? 1 : 0] + selection.encoded()
        case .process: [3]
        case .rings: [5]
        case .messages(let ring): [6] + ring.utf8
        case .peers(let section): [7] + Array((section ?? "").utf8)
        }
    }

    /// - Throws: ``MalformedSnapshot`` for bytes that ``encoded()`` did not make.
    init(encoded bytes: [UInt8]) throws(MalformedSnapshot) {
        switch bytes.first {
        case 0: self = .report
        case 1: self = .order(try ServerOrder(encoded: Array(bytes.dropFirst())))
        case 4: self = .table(try TableQuestion(encoded: Array(bytes.dropFirst())))
        case 2:
            guard bytes.count > 3, let format = StatisticsFormat(rawValue: bytes[1]) else { throw MalformedSnapshot() }
            let selection = try StatisticsSelection(encoded: Array(bytes.dropFirst(3)))
            self = .statistics(selection, format, describes: bytes[2] != 0)
        case 3: self = .process
        case 5: self = .rings
        case 6: self = .messages(ring: String(decoding: bytes.dropFirst(), as: UTF8.self))
        case 7:
            let section = String(decoding: bytes.dropFirst(), as: UTF8.self)
            self = .peers(section.isEmpty ? nil : section)
        default: throw MalformedSnapshot()
        }
    }

    /// The answer's bytes: a report, whether there is such a server, or a ``TableAnswer``.
    func answer(_ engine: Engine) -> [UInt8] {
        switch self {
        case .table(let question): return engine.answer(question).encoded()
        case .report: return engine.report().encoded()
        case .order(let order): return [engine.perform(order) ? 1 : 0]
        case .statistics(let selection, let format, let describes):
            var writer = StatisticsWriter(format, describes: describes)
            engine.statistics(selection) { writer.append($0) }
            return writer.finished()
        case .process: return engine.processReport().encoded()
        case .rings: return Array(EventCommands.list(engine.rings).utf8)
        case .messages(let ring): return EventCommands.lines(engine.messages(of: ring))
        case .peers(let section): return Array(engine.peersText(section).utf8)
        }
    }
}
