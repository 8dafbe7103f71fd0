internal import Addresses
internal import HealthChecks
internal import Patterns

/// A ``SampleExpression`` in the plan's memory.
struct ExpressionEntry {
    var fetch: SampleFetch
    var arguments: UnsafePointer<SampleArgument>
    var argumentCount: Int
    var converters: UnsafePointer<ConverterEntry>
    var converterCount: Int
    /// What comes out of it, as far as that is known before.
    var type: SampleType
    /// Of a method that asks a stick table.
    var table: UnsafePointer<TableSample>?
}

struct ConverterEntry {
    var converter: SampleConverter
    var arguments: UnsafePointer<SampleArgument>
    var argumentCount: Int
    /// Of a converter that asks a stick table.
    var table: UnsafePointer<TableSample>?
    /// Of ``SampleConverter/setVariable``.
    var conditions: VariableConditions = []
    /// Of ``SampleConverter/replace``.
    var places: UnsafePointer<PatternPlaces>?
    /// Of ``SampleConverter/map``.
    var map: UnsafePointer<MapEntry>?
}

/// One argument: what it says, and what was made of it.
struct SampleArgument {
    var text: PlanText
    /// Of a number; of a variable, what ``VariableNames`` calls it.
    var number: Int64 = 0
    var kind = Kind.text
    /// The part of the plan that it names: ``FrontendCells`` or ``BackendCells``.
    var cells: UnsafeMutableRawPointer?
    /// Of an address.
    var address: UInt128 = 0

    enum Kind: UInt8 {
        case text
        case number
        case variable
    }
}

/// Makes entries of expressions: knows what they may name.
struct SampleCompiler {
    /// Backends and frontends by name; those that are not there yet are made.
    let frontend: (String) -> Shared<FrontendCells>
    let backend: (String) -> Shared<BackendCells>
    let names: VariableNames
    /// They live as long as the plan.
    let tables: [String: SharedStickTable]
    let book: PatternBook
    /// What its conditions and converters look through.
    private(set) var uses: [PatternUse] = []
    /// A named ACL is there once, however often it is asked.
    private var tests: [PatternTest: PatternSetEntry] = [:]
    /// Some sample asks how many connections a listener has.
    private(set) var asksListeners = false
    /// Some sample asks for the number of a proxy.
    private let noteNumbers: () -> Void
    /// What must live as long as the entries.
    private(set) var kept: [AnyObject] = []

    init(
        _ names: VariableNames,
        _ book: PatternBook,
        tables: [String: SharedStickTable] = [:],
        noteNumbers: @escaping () -> Void = {},
        frontend: @escaping (String) -> Shared<FrontendCells>,
        backend: @escaping (String) -> Shared<BackendCells>
    ) {
        self.names = names
        self.tables = tables
        self.noteNumbers = noteNumbers
        self.book = book
        self.frontend = frontend
        self.backend = backend
    }

    /// nil for what is not answered here.
    mutating func entry(_ expression: SampleExpression, _ arena: inout Arena) -> ExpressionEntry? {
        guard let fetch = SampleFetch(name: expression.fetch.name) else { return nil }
        if fetch == .listenerConnections { asksListeners = true }
        if fetch == .frontendNumber || fetch == .backendNumber { noteNumbers() }
        var type = fetch.type
        var converters: [ConverterEntry] = []
        for call in expression.converters {
            if let (entry, gives) = map(call, of: expression, &arena) {
                type = gives
                converters.append(entry)
                continue
            }
            guard let converter = SampleConverter(name: call.name) else { return nil }
            let arguments = arguments(of: converter, call.arguments, &arena)
            type = converter.gives ?? type
            var entry = ConverterEntry(
                converter: converter,
                arguments: arena.copy(arguments),
                argumentCount: arguments.count,
                table: arena.table(converter.asksTable ? TableSample(converter: call, tables) : nil),
                conditions: VariableConditions(
                    names: converter == .setVariable ? call.arguments.dropFirst() : []
                )
            )
            if converter == .replace, let text = call.arguments.first {
                let ignoresCase = call.arguments.dropFirst(2).first?.contains("i") ?? false
                let pattern = try? Pattern(text, ignoresCase: ignoresCase, capturesGroups: true)
                entry.places = pattern.map { arena.copy([PatternPlaces($0, &arena)]) }
            }
            converters.append(entry)
        }
        let arguments = arguments(of: fetch, expression.fetch.arguments, &arena)
        return ExpressionEntry(
            fetch: fetch,
            arguments: arena.copy(arguments),
            argumentCount: arguments.count,
            converters: arena.copy(converters),
            converterCount: converters.count,
            type: type,
            table: arena.table(fetch.asksTable ? TableSample(fetch: expression.fetch, tables) : nil)
        )
    }

    /// What a condition compares with.
    mutating func patterns(_ test: PatternTest, _ arena: inout Arena) -> PatternSetEntry {
        if let known = tests[test] { return known }
        let entry = book.compile(test, &arena, &uses)
        tests[test] = entry
        return entry
    }

    /// nil for a converter that is no map.
    private mutating func map(
        _ call: SampleCall,
        of expression: SampleExpression,
        _ arena: inout Arena
    ) -> (ConverterEntry, SampleType)? {
        guard let (method, output) = MapLookup.converter(call.name), let path = call.arguments.first else { return nil }
        var source = PatternSource(.file(path), keyword: expression.fetch.name)
        source.hasValues = true
        let fallback = call.arguments.count > 1 ? call.arguments[1] : nil
        let entry = book.compile(MapLookup(method, output, source, fallback: fallback), &arena, &uses)
        let type: SampleType =
            switch output {
            case .string: .string
            case .integer: .integer
            case .address: .address
            }
        let none: [SampleArgument] = []
        return (ConverterEntry(converter: .map, arguments: arena.copy(none), argumentCount: 0, map: entry), type)
    }

    mutating func copy(_ expression: SampleExpression, _ arena: inout Arena) -> UnsafePointer<ExpressionEntry>? {
        guard let entry = entry(expression, &arena) else { return nil }
        return arena.copy([entry])
    }

    private mutating func arguments(
        of fetch: SampleFetch,
        _ texts: [String],
        _ arena: inout Arena
    ) -> [SampleArgument] {
        texts.enumerated().map { index, text in
            var argument = SampleArguments.plain(text, &arena)
            switch fetch {
            case .variable where index == 0: argument = variable(text, &arena)
            case .bytes: argument.text = arena.text(bytes: SampleArguments.bytes(ofHexadecimal: text))
            case .addressV4, .addressV6: argument.address = SampleArguments.address(text)?.number ?? 0
            case .boolean: argument.number = text == "true" || text == "1" ? 1 : 0
            case .frontendConnections, .frontendSessionRate, .frontendRequestRate:
                let cells = frontend(text)
                kept.append(cells)
                argument.cells = UnsafeMutableRawPointer(cells.cells)
            case .backendConnections, .backendConnectionsFree, .backendSessionRate, .connectionSlots, .usableServers,
                .queue, .averageQueue:
                argument.cells = cells(ofBackend: text)
            case .serverConnections, .serverConnectionsFree, .serverIsUp, .serverQueue, .serverSessionRate,
                .serverWeight,
                .serverInitialWeight, .serverUserWeight:
                // `backend/server`: the servers of a backend are looked through by name.
                let parts = text.split(separator: "/", maxSplits: 1).map { String($0) }
                argument = SampleArguments.plain(parts.last ?? "", &arena)
                argument.cells = cells(ofBackend: parts.first ?? "")
            case .requestPayloadWithLength, .responsePayloadWithLength:
                // A sign makes the place one that is counted from behind the length: HAProxy keeps that in the lowest
                // bit, and of a place without a sign it takes it from the number itself.
                if index == 2, text.hasPrefix("+") || text.hasPrefix("-") {
                    argument.number = argument.number << 1 | 1
                }
            default: break
            }
            return argument
        }
    }

    private mutating func cells(ofBackend name: String) -> UnsafeMutableRawPointer {
        let cells = backend(name)
        kept.append(cells)
        return UnsafeMutableRawPointer(cells.cells)
    }

    private func arguments(
        of converter: SampleConverter,
        _ texts: [String],
        _ arena: inout Arena
    ) -> [SampleArgument] {
        texts.enumerated().map { index, text in
            switch converter {
            case .add, .subtract, .multiply, .divide, .modulo, .and, .or, .xor:
                // Nothing is 0.
                return text.isEmpty || Int64(text) != nil
                    ? SampleArguments.plain(text, &arena) : variable(text, &arena)
            case .setVariable where index == 0, .unsetVariable where index == 0, .compare, .compareSecretly,
                .concatenate where index == 1 && !text.isEmpty, .addItem where index == 1 && !text.isEmpty:
                return variable(text, &arena)
            case .digest, .hmac:
                return index == 0 ? SampleArguments.digest(text, &arena) : key(text, &arena)
            case .mask:
                var argument = SampleArguments.plain(text, &arena)
                argument.address = SampleArguments.mask(text, isV4: index == 0)
                return argument
            default: return SampleArguments.plain(text, &arena)
            }
        }
    }

    /// Base64, or a variable's name, which has a point.
    private func key(_ text: String, _ arena: inout Arena) -> SampleArgument {
        if text.contains(".") { return variable(text, &arena) }
        var argument = SampleArguments.plain(text, &arena)
        let bytes = Array(text.utf8)
        let key = bytes.withUnsafeBytes { raw in
            [UInt8](unsafeUninitializedCapacity: bytes.count + 4) { room, count in
                count = room.baseAddress.flatMap { Worker.decode(raw, isForURLs: false, $0) } ?? 0
            }
        }
        argument.text = arena.text(bytes: key)
        return argument
    }

    private func variable(_ name: String, _ arena: inout Arena) -> SampleArgument {
        var argument = SampleArguments.plain(name, &arena)
        argument.kind = .variable
        argument.number = Int64(names.number(of: name))
        return argument
    }
}

/// Reads what stands in parentheses.
enum SampleArguments {
    static func plain(_ text: String, _ arena: inout Arena) -> SampleArgument {
        var argument = SampleArgument(text: arena.text(text))
        if let number = Int64(text) {
            argument.number = number
            argument.kind = .number
        }
        return argument
    }

    /// The number that ``SampleDigest`` has for a name.
    static func digest(_ name: String, _ arena: inout Arena) -> SampleArgument {
        var argument = plain(name, &arena)
        argument.number = Int64(SampleDigest(name: name)?.rawValue ?? UInt8.max)
        return argument
    }

    static func address(_ text: String) -> IPAddress? { IPAddress(text) }

    static func bytes(ofHexadecimal text: String) -> [UInt8] {
        let digits = text.utf8.compactMap { $0.hexadecimalDigit }
        return stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }

    /// The bits that count: a length, or a mask written as an address.
    static func mask(_ text: String, isV4: Bool) -> UInt128 {
        if let length = Int(text) {
            let bits = isV4 ? 32 : 128
            let all = isV4 ? UInt128(UInt32.max) : UInt128.max
            let dropped = bits - max(0, min(bits, length))
            return dropped == 128 ? 0 : (all >> UInt128(dropped)) << UInt128(dropped)
        }
        return address(text)?.number ?? 0
    }
}

extension UInt8 {
    /// nil for what is no digit.
    var hexadecimalDigit: UInt8? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

extension Arena {
    mutating func table(_ sample: TableSample?) -> UnsafePointer<TableSample>? { sample.map { copy([$0]) } }

    mutating func text(bytes: [UInt8]) -> PlanText { PlanText(start: copy(bytes), count: bytes.count) }
}
