/// The text of `log-format` and `unique-id-format`, as far as connections have something to say: its parts in order
/// (HAProxy's manual, 8.2.6).
public struct LineFormat: Hashable, Sendable {
    /// By HAProxy's names.
    public enum Variable: String, Hashable, Sendable, CaseIterable {
        case bytesToClient = "B"
        case hostName = "H"
        case uniqueID = "ID"
        case status = "ST"
        case gmtDate = "T"
        case connectTime = "Tc"
        case dataTime = "Td"
        case localDate = "Tl"
        case handshakeTime = "Th"
        case timestamp = "Ts"
        case totalTime = "Tt"
        case userTime = "Tu"
        case queueTime = "Tw"
        case bytesToServer = "U"
        case processConnections = "ac"
        case backend = "b"
        case backendConnections = "bc"
        case sourceAddress = "bi"
        case sourcePort = "bp"
        case backendQueue = "bq"
        case clientAddress = "ci"
        case clientPort = "cp"
        case frontend = "f"
        case frontendConnections = "fc"
        case frontendAddress = "fi"
        case frontendPort = "fp"
        case frontendTransport = "ft"
        case lineCounter = "lc"
        case requestHeaders = "hr"
        case requestHeaderList = "hrl"
        case responseHeaders = "hs"
        case responseHeaderList = "hsl"
        case milliseconds = "ms"
        case process = "pid"
        case retries = "rc"
        case number = "rt"
        case server = "s"
        case serverConnections = "sc"
        case serverAddress = "si"
        case serverPort = "sp"
        case serverQueue = "sq"
        case ciphers = "sslc"
        case tlsVersion = "sslv"
        case date = "t"
        case termination = "ts"

        /// Known only when the connection ends.
        var needsEnd: Bool {
            switch self {
            case .bytesToClient, .bytesToServer, .uniqueID, .connectTime, .dataTime, .handshakeTime, .totalTime,
                .userTime,
                .queueTime, .processConnections, .frontendConnections, .backendConnections, .serverConnections,
                .backendQueue, .serverQueue, .retries, .termination:
                true
            default: false
            }
        }
    }

    public struct Flags: OptionSet, Hashable, Sendable {
        public let rawValue: UInt8

        public init(rawValue: UInt8) { self.rawValue = rawValue }

        /// `Q`: strings stand in quotation marks.
        public static let quoted = Flags(rawValue: 1)
        /// `X`: addresses, ports, and some numbers are hexadecimal.
        public static let hexadecimal = Flags(rawValue: 2)
        /// `E`: a backslash stands before quotation marks, backslashes and `]`.
        public static let escaped = Flags(rawValue: 4)
    }

    public enum Part: Hashable, Sendable {
        case text(String)
        case variable(Variable, Flags)
        /// `%[expression]`
        case sample(SampleExpression, Flags)
    }

    public var parts: [Part]
    /// The value of a variable: spaces stay as they are, and what is not there is nothing.
    public var isValue = false

    public init(parts: [Part], isValue: Bool = false) {
        self.parts = parts
        self.isValue = isValue
    }

    /// - Parameters:
    ///   - format: As haproxy.cfg has it, without its quotes.
    ///   - expression: Reads what stands in `%[…]`.
    /// - Returns: nil for a format with what is not known here.
    public init?(
        _ format: String,
        isValue: Bool = false,
        expression: (String) -> SampleExpression? = { _ in nil }
    ) {
        parts = []
        self.isValue = isValue
        var common: Flags = []
        var text = ""
        var rest = Substring(format)
        while let first = rest.popFirst() {
            guard first == "%" else {
                // One space for many, and none at the start, as in HAProxy.
                let isSpared = text.isEmpty ? parts.isEmpty : text.last == " "
                if first != " " || isValue || !isSpared { text.append(first) }
                continue
            }
            if rest.first == "%" {
                text.append(rest.removeFirst())
                continue
            }
            var flags = common
            if rest.first == "{" {
                let words = rest.dropFirst().prefix { $0 != "}" }
                rest = rest.dropFirst(words.count + 2)
                guard let changed = Self.flags(words, common) else { return nil }
                flags = changed
            }
            if rest.first == "[" {
                guard let words = Self.bracketed(&rest), let sample = expression(words), sample.isAnswered else {
                    return nil
                }
                if !text.isEmpty { parts.append(.text(text)) }
                text = ""
                parts.append(.sample(sample, flags))
                continue
            }
            let name = rest.prefix { $0.isLetter }
            rest = rest.dropFirst(name.count)
            if name == "o" {
                common = flags
                continue
            }
            guard let variable = Self.variables[name] else { return nil }
            if !text.isEmpty { parts.append(.text(text)) }
            text = ""
            parts.append(.variable(variable, flags))
        }
        if !text.isEmpty { parts.append(.text(text)) }
    }

    /// What stands in brackets, which do not end within arguments; nil if they do not end.
    private static func bracketed(_ rest: inout Substring) -> String? {
        var depth = 0
        var quote: Character?
        var isEscaped = false
        for index in rest.indices.dropFirst() {
            let character = rest[index]
            if isEscaped {
                isEscaped = false
                continue
            }
            switch character {
            case "\\" where quote != "'": isEscaped = true
            case "'" where depth > 0, "\"" where depth > 0:
                if quote == nil { quote = character } else if quote == character { quote = nil }
            case "(" where quote == nil: depth += 1
            case ")" where quote == nil: depth -= 1
            default: break
            }
            guard character == "]", depth <= 0 else { continue }
            let words = rest[rest.index(after: rest.startIndex)..<index]
            rest = rest[rest.index(after: index)...]
            return String(words)
        }
        return nil
    }

    /// Something in it is a sample expression.
    public var hasSamples: Bool { parts.contains { if case .sample = $0 { true } else { false } } }

    func tells(_ variable: Variable) -> Bool {
        parts.contains { if case .variable(variable, _) = $0 { true } else { false } }
    }

    /// `option tcplog` (HAProxy's manual, 8.2.2).
    static let tcp = LineFormat("%ci:%cp [%t] %ft %b/%s %Tw/%Tc/%Tt %B %ts %ac/%fc/%bc/%sc/%rc %sq/%bq")

    /// What lines about bad headers begin with.
    static let client = LineFormat("%ci:%cp [%t] %ft")

    /// Something it tells is known only when the connection ends; else the line is written when the server has answered.
    var needsEnd: Bool {
        parts.contains { part in
            switch part {
            case .text: false
            case .variable(let variable, _): variable.needsEnd
            // As in HAProxy, which asks no sample what it is about.
            case .sample: false
            }
        }
    }

    private static let variables = Dictionary(
        uniqueKeysWithValues: Variable.allCases.map { (Substring($0.rawValue), $0) }
    )

    /// `+Q,-X`
    private static func flags(_ words: Substring, _ common: Flags) -> Flags? {
        var result = common
        for word in words.split(separator: ",") {
            let flag: Flags
            switch word.dropFirst() {
            case "Q": flag = .quoted
            case "X": flag = .hexadecimal
            case "E": flag = .escaped
            default: return nil
            }
            switch word.first {
            case "+": result.insert(flag)
            case "-": result.remove(flag)
            default: return nil
            }
        }
        return result
    }
}
