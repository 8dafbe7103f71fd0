internal import ProxyEngine
internal import ProxyStatistics

/// What the master asks of whoever serves.
enum EngineQuestion {
    /// Of one backend, or of all there is.
    case report(backend: String?)
    case order(ServerOrder)
    case table(TableQuestion)
    /// Rows of `show stat` from a section on, as a ``StatisticsPart``.
    case statistics(StatisticsSelection, from: UInt32, hasHeader: Bool)
    case process
    /// Rings; with a name messages of one from a place on.
    case rings
    case messages(ring: String, from: RingPlace)
    /// The text of `show peers`, of one section or of all, with names of servers or without.
    case peers(String?, hasNames: Bool)
    /// Lines about sections of peers that cannot be told anything.
    case unheardPeers
    /// Checks wait for what state files say of their servers, or wait no longer.
    case awaitStates(Bool)
    /// All of them, or the one of a number.
    case sessions(only: UInt64?)
    case shutSession(UInt64)
    case clearCounters(all: Bool)
    /// `set rate-limit … global`
    case limit(ProcessRates.Kind, UInt32)
    /// Turns of each thread, and connections that it took.
    case activity
    case patterns(PatternCommand)
    /// What was wrong with requests, as a ``PageFaultReport``.
    case faults
    /// A variable of the process, as `get var` tells it; nothing if there is none.
    case variable(String)
    case assign(ProcessVariable)

    func encoded() -> [UInt8] {
        switch self {
        case .report(let backend): [0] + Array((backend ?? "").utf8)
        case .order(let order): [1] + order.encoded()
        case .statistics(let selection, let start, let hasHeader):
            [2, hasHeader ? 1 : 0] + ByteOrder.bytes(start) + selection.encoded()
        case .process: [3]
        case .rings: [5]
        case .messages(let ring, let place): [6] + Self.bytes(place) + ring.utf8
        case .peers(let section, let hasNames): [7, hasNames ? 1 : 0] + Array((section ?? "").utf8)
        case .unheardPeers: [14]
        case .awaitStates(let wait): [15, wait ? 1 : 0]
        case .table(let question): [4] + question.encoded()
        case .sessions(let id): id.map { [11, 1] + Self.bytes($0) } ?? [11, 0]
        case .shutSession(let id): [12] + Self.bytes(id)
        case .clearCounters(let all): [13, all ? 1 : 0]
        case .limit(let kind, let limit): [8, kind.rawValue] + Self.bytes(UInt64(limit))
        case .activity: [10]
        case .faults: [9]
        case .variable(let name): [16] + Array(name.utf8)
        case .assign(let variable): [17] + variable.encoded()
        case .patterns(let command): [20] + command.encoded()
        }
    }

    /// - Throws: ``MalformedSnapshot`` for bytes that ``encoded()`` did not make.
    init(encoded bytes: [UInt8]) throws(MalformedSnapshot) {
        switch bytes.first {
        case 0:
            let backend = String(decoding: bytes.dropFirst(), as: UTF8.self)
            self = .report(backend: backend.isEmpty ? nil : backend)
        case 1: self = .order(try ServerOrder(encoded: Array(bytes.dropFirst())))
        case 2 where bytes.count > 6:
            let selection = try StatisticsSelection(encoded: Array(bytes.dropFirst(6)))
            self = .statistics(selection, from: ByteOrder.number(bytes, at: 2), hasHeader: bytes[1] != 0)
        case 3: self = .process
        case 5: self = .rings
        case 6:
            let place = try Self.place(bytes.dropFirst())
            self = .messages(ring: String(decoding: bytes.dropFirst(17), as: UTF8.self), from: place)
        case 7 where bytes.count > 1:
            let section = String(decoding: bytes.dropFirst(2), as: UTF8.self)
            self = .peers(section.isEmpty ? nil : section, hasNames: bytes[1] != 0)
        case 14: self = .unheardPeers
        case 15 where bytes.count > 1: self = .awaitStates(bytes[1] != 0)
        case 4: self = .table(try TableQuestion(encoded: Array(bytes.dropFirst())))
        case 11 where bytes.count > 1:
            self = .sessions(only: bytes[1] == 0 ? nil : try Self.number(bytes.dropFirst(2)))
        case 12: self = .shutSession(try Self.number(bytes.dropFirst()))
        case 13 where bytes.count > 1: self = .clearCounters(all: bytes[1] != 0)
        case 8:
            guard bytes.count > 1, let kind = ProcessRates.Kind(rawValue: bytes[1]) else { throw MalformedSnapshot() }
            self = .limit(kind, UInt32(truncatingIfNeeded: try Self.number(bytes.dropFirst(2))))
        case 10: self = .activity
        case 9: self = .faults
        case 16: self = .variable(String(decoding: bytes.dropFirst(), as: UTF8.self))
        case 17: self = .assign(try ProcessVariable(encoded: Array(bytes.dropFirst())))
        case 20: self = .patterns(try PatternCommand(encoded: Array(bytes.dropFirst())))
        default: throw MalformedSnapshot()
        }
    }

    /// The answer's bytes: a report, whether there is such a thing, or a ``TableAnswer``.
    func answer(_ engine: Engine) -> [UInt8] {
        switch self {
        case .report(let backend?): return (engine.report(backend: backend) ?? EngineReport()).encoded()
        case .report(nil): return engine.report().encoded()
        case .order(let order): return [engine.perform(order) ? 1 : 0]
        case .statistics(let selection, let start, let hasHeader):
            if start == 0 { engine.countNow() }
            return StatisticsPart(engine, selection, from: start, hasHeader: hasHeader).encoded()
        case .process:
            engine.countNow()
            return engine.processReport().encoded()
        case .rings: return Array(EventCommands.list(engine.rings).utf8)
        case .messages(let ring, let place):
            return EventOutput.Part(engine.messages(of: ring, from: place, atMost: EventOutput.enough)).encoded()
        case .peers(let section, let hasNames): return Array(engine.peersText(section, hasNames: hasNames).utf8)
        case .unheardPeers: return Array(engine.unheardPeers.joined(separator: "\n").utf8)
        case .table(let question): return engine.answer(question).encoded()
        case .sessions(let id): return SessionReport.encoded(engine.sessions(only: id))
        case .shutSession(let id): return [engine.shutSession(id) ? 1 : 0]
        case .clearCounters(let all): engine.clearCounters(all: all)
        case .limit(let kind, let limit): engine.limit(kind, to: limit)
        case .awaitStates(let wait):
            engine.awaitsStates = wait
            engine.startHeldChecks()
        case .activity: return engine.activity.flatMap { Self.bytes($0.turns) + Self.bytes($0.taken) }
        case .faults: return engine.pageFaults.encoded()
        case .variable(let name): return engine.variable(name) ?? []
        case .assign(let variable): engine.assign([variable])
        case .patterns(let command): return Array(engine.answer(command).utf8)
        }
        return []
    }

    static func bytes(_ value: UInt64) -> [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }

    static func bytes(_ place: RingPlace) -> [UInt8] { bytes(place.ring) + bytes(place.offset) }

    static func place(_ bytes: some Collection<UInt8>) throws(MalformedSnapshot) -> RingPlace {
        RingPlace(ring: try number(bytes), offset: try number(bytes.dropFirst(8)))
    }

    static func number(_ bytes: some Collection<UInt8>) throws(MalformedSnapshot) -> UInt64 {
        guard bytes.count >= 8 else { throw MalformedSnapshot() }
        return bytes.prefix(8).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}
