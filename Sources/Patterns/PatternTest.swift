/// What a condition compares a sample with: `-m beg -i -f names.lst www. example`.
public struct PatternTest: Hashable, Sendable {
    public var method: MatchMethod
    /// In the order in which they are looked through.
    public var sources: [PatternSource]

    public init(_ method: MatchMethod, _ sources: [PatternSource] = []) {
        self.method = method
        self.sources = sources
    }
}

/// Patterns of one origin. HAProxy calls it a reference: it has a number, and commands change it.
public struct PatternSource: Hashable, Sendable {
    public enum Origin: Hashable, Sendable {
        /// All that name the same file share what is read of it.
        case file(String)
        /// The words of the line itself; a line has them even if there are none.
        case words([String])
    }

    public var origin: Origin
    /// `-i`
    public var ignoresCase: Bool
    /// `-M`: its lines are keys with values, of which the values are of no account here.
    public var hasValues = false
    /// `-u`: the number of words that chose one.
    public var number: Int?
    /// The criterion or converter: `src`.
    public var keyword: String
    /// The line, counted from the header of its section.
    public var line: Int

    public init(_ origin: Origin, ignoresCase: Bool = false, number: Int? = nil, keyword: String = "", line: Int = 0) {
        self.origin = origin
        self.ignoresCase = ignoresCase
        self.number = number
        self.keyword = keyword
        self.line = line
    }
}

/// A converter that looks a value up: `map_beg_int(/etc/haproxy/ports.map,80)`.
public struct MapLookup: Hashable, Sendable {
    public enum Output: UInt8, Sendable {
        case string
        case integer
        case address
    }

    public var method: MatchMethod
    public var output: Output
    /// The file.
    public var source: PatternSource
    /// The result where no key matches; nil: there is none.
    public var fallback: String?

    public init(_ method: MatchMethod, _ output: Output, _ source: PatternSource, fallback: String? = nil) {
        self.method = method
        self.output = output
        self.source = source
        self.fallback = fallback
    }

    /// The method and the result of the converter's name; nil for one that is no map.
    public static func converter(_ name: String) -> (MatchMethod, Output)? {
        var parts = name.split(separator: "_")
        guard parts.first == "map", parts.count <= 3 else { return nil }
        parts.removeFirst()
        guard let first = parts.first else { return (.str, .string) }
        guard let method = MatchMethod(name: String(first)), !without.contains(method) else { return nil }
        switch parts.dropFirst().first {
        case nil, "str": return (method, .string)
        case "int": return (method, .integer)
        case "ip": return (method, .address)
        default: return nil
        }
    }

    private static let without: Set<MatchMethod> = [.found, .bool, .bin, .len]
}

/// A file of patterns as it was read.
public struct PatternFile: Hashable, Sendable {
    public var path: String
    /// Keys with values.
    public var hasValues: Bool
    public var bytes: [UInt8]

    public init(_ path: String, hasValues: Bool, bytes: [UInt8]) {
        self.path = path
        self.hasValues = hasValues
        self.bytes = bytes
    }

    /// The same as values, in order.
    public var entries: [PatternEntryText] {
        PatternLines(bytes, hasValues: hasValues).map { line in
            PatternEntryText(
                key: String(decoding: bytes[line.key], as: UTF8.self),
                value: line.value.map { String(decoding: bytes[$0], as: UTF8.self) },
                line: line.number
            )
        }
    }
}

/// An entry of a file, or of a line of the configuration.
public struct PatternEntryText: Hashable, Sendable {
    public var key: String
    public var value: String?
    /// Of its file; nil elsewhere.
    public var line: Int?

    public init(key: String, value: String? = nil, line: Int? = nil) {
        self.key = key
        self.value = value
        self.line = line
    }
}
