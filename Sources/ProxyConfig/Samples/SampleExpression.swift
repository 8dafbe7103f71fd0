import Addresses
internal import Patterns

/// A sample expression: `req.hdr(host,1),lower,map(/etc/hosts.map)` (configuration manual, section 7.3).
///
/// Read to be checked, to know what it refers to, and for who answers it.
public struct SampleExpression: Sendable, Hashable {
    struct Failure: Error {
        /// HAProxy's words, without what introduces them.
        var message: String
        /// What stands where a comma would have to.
        var rest = ""
    }

    /// A part of the configuration that must exist.
    struct Reference: Sendable, Hashable {
        var type: String
        var name: String
        /// `nbsrv`
        var keyword: String
    }

    /// The method, by the name that was written.
    public private(set) var fetch = SampleCall(name: "")
    /// In order.
    public private(set) var converters: [SampleCall] = []
    /// Why it cannot be followed although it is right.
    private(set) var quarantine: String?
    private(set) var places = SamplePlace.Set(rawValue: 0)
    private(set) var references: [Reference] = []

    /// - Parameters:
    ///   - text: One word, unquoted.
    ///   - aliases: Whether names of ACLs, such as `path_beg`, count as methods.
    init(_ text: String, aliases: Bool = false, surroundings: Surroundings) throws(Failure) {
        var rest = Substring(text).utf8
        let name = Self.name(&rest)
        fetch.name = name
        guard !name.isEmpty else { throw Failure(message: "missing fetch method") }
        let method = aliases ? Self.withoutMatch(name) : name
        // The name of an ACL means the request's, the method either's.
        guard let known = SampleFetches.method(aliases && method == "hdr" ? "req.hdr" : method) else {
            throw Failure(message: "unknown fetch method '\(name)'")
        }
        places = known.places
        do throws(Failure) {
            fetch.arguments = try read(known.arguments, of: name, from: &rest, isConverter: false, surroundings)
        } catch {
            throw Failure(
                message: error.message.hasPrefix("invalid args")
                    ? error.message : "fetch method '\(name)' : \(error.message)"
            )
        }
        if let first = rest.first, first != UInt8(ascii: ",") {
            throw Failure(message: "missing comma after fetch keyword '\(name)'", rest: String(Substring(rest)))
        }
        try converters(&rest, surroundings)
    }

    /// It can be told before the client says anything.
    var isKnownBefore: Bool { !places.isDisjoint(with: .init(.frontendSession)) }

    /// An expression that the engine answers; nil for another one.
    public static func answered(_ text: String) -> SampleExpression? {
        guard let expression = try? SampleExpression(text, surroundings: Surroundings()),
            AnsweredSamples.problem(expression) == nil
        else { return nil }
        return expression
    }

    private mutating func converters(_ rest: inout Substring.UTF8View, _ surroundings: Surroundings) throws(Failure) {
        if rest.isEmpty { return }
        var kind = SampleTypes.kind(fetch.name, [])
        var last = ""
        while !rest.isEmpty {
            let comma = rest.prefix { $0 == UInt8(ascii: ",") }
            guard !comma.isEmpty else {
                throw Failure(message: "missing comma after converter '\(last)'", rest: String(Substring(rest)))
            }
            rest = rest.dropFirst(comma.count)
            guard !rest.isEmpty else { return }
            let name = Self.name(&rest)
            guard let arguments = SampleConverters.arguments(name) else {
                throw Failure(message: "unknown converter '\(name)'")
            }
            last = name
            let values = try read(arguments, of: name, from: &rest, isConverter: true, surroundings)
            guard SampleTypes.fits(kind, converter: name) else {
                throw Failure(message: "converter '\(name)' cannot be applied")
            }
            kind = SampleTypes.kind(after: kind, name)
            if let (method, output) = MapLookup.converter(name) {
                try map(name, method, output, values, surroundings)
            }
            converters.append(SampleCall(name: name, arguments: values))
        }
    }

    /// Looks into the file of a map.
    private mutating func map(
        _ name: String,
        _ method: MatchMethod,
        _ output: MapLookup.Output,
        _ values: [String],
        _ surroundings: Surroundings
    ) throws(Failure) {
        func invalid(_ problem: String) -> Failure {
            Failure(message: "invalid args in converter '\(name)' : \(problem)")
        }
        var checks = PatternChecks(surroundings)
        do throws(PatternChecks.Failure) {
            try checks.file(values.first ?? "", method, ignoresCase: false, hasValues: true, output: output)
        } catch {
            throw invalid(error.message)
        }
        quarantine = quarantine ?? checks.quarantine
        if values.count > 1, output == .address, MapValue(values[1], output) == nil {
            throw invalid("map: cannot parse default ip <\(values[1])>.")
        }
    }

    /// The same as the lines of `proxy` mean it: a part that is not named is its own.
    public func meant(by proxy: String) -> SampleExpression {
        guard !references.isEmpty else { return self }
        var result = self
        result.fetch = Self.meant(fetch, SampleFetches.method(fetch.name)?.arguments, by: proxy)
        for index in result.converters.indices {
            let call = result.converters[index]
            result.converters[index] = Self.meant(call, SampleConverters.arguments(call.name), by: proxy)
        }
        return result
    }

    private static func meant(_ call: SampleCall, _ list: ArgumentList?, by proxy: String) -> SampleCall {
        guard let list else { return call }
        var result = call
        if list.speaksOfOwn, call.arguments.isEmpty { result.arguments = [proxy] }
        for (index, type) in list.types.enumerated() where type == "server" && index < result.arguments.count {
            if !result.arguments[index].contains("/") {
                result.arguments[index] = "\(proxy)/\(result.arguments[index])"
            }
        }
        return result
    }

    /// The expression that begins at a word, and the index behind its last one: converters may be words of their own.
    static func words(_ words: [String], from index: Int) -> (text: String, end: Int) {
        guard index < words.count else { return ("", index) }
        var text = words[index]
        var end = index + 1
        while end < words.count {
            var rest = Substring(words[end]).utf8
            guard SampleConverters.arguments(name(&rest)) != nil else { break }
            text += (text.hasSuffix(",") ? "" : ",") + words[end]
            end += 1
        }
        return (text, end)
    }

    private static func name(_ rest: inout Substring.UTF8View) -> String {
        let name = rest.prefix { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"),
                UInt8(ascii: "+"), UInt8(ascii: ":"):
                true
            default: false
            }
        }
        rest = rest.dropFirst(name.count)
        return String(Substring(name))
    }

    /// `path` of `path_beg`.
    private static func withoutMatch(_ name: String) -> String {
        guard SampleFetches.method(name) == nil, let mark = name.lastIndex(of: "_"),
            ["_beg", "_dir", "_dom", "_end", "_len", "_reg", "_sub"].contains(name[mark...])
        else { return name }
        return String(name[..<mark])
    }

    private mutating func read(
        _ list: ArgumentList,
        of name: String,
        from rest: inout Substring.UTF8View,
        isConverter: Bool,
        _ surroundings: Surroundings
    ) throws(Failure) -> [String] {
        var values: [String] = []
        func failure(_ message: String, _ count: Int) -> Failure {
            Failure(
                message: isConverter
                    ? "invalid arg \(min(count, list.types.count) + 1) in converter '\(name)' : \(message)"
                    : message
            )
        }
        let isThere = rest.first == UInt8(ascii: "(")
        if isThere {
            rest = rest.dropFirst()
            try Self.split(&rest, most: list.types.count, into: &values, failure)
            if values == [""], list.required == 0 || list.types.isEmpty { values = [] }
        } else if list.required > 0, ArgumentList.mayBeEmpty(list.types[0]) {
            // Without parentheses, HAProxy takes the first for an empty text.
            values = [""]
        }
        // A number behind the last comma may be left out.
        if values.count > list.required, values.last?.isEmpty == true,
            !ArgumentList.mayBeEmpty(list.types[values.count - 1])
        {
            values.removeLast()
        }
        for (index, value) in values.enumerated() where !Self.fits(value, list.types[index]) {
            if value.isEmpty {
                throw failure("expected type '\(list.types[index])' at position \(index + 1), but got nothing", index)
            }
            let place = "failed to parse '\(value)' as type '\(list.types[index])' at position \(index + 1)"
            throw failure(place, index)
        }
        if values.count < list.required {
            let type = list.types[values.count]
            throw failure(
                values.isEmpty
                    ? "expected type '\(type)' at position 1, but got nothing"
                    : "missing arguments (got \(values.count)/\(list.required)), type '\(type)' expected",
                values.count
            )
        }
        for (index, value) in values.enumerated() where list.types[index] == "regex" && value.isEmpty {
            throw Failure(
                message: "missing regex in arg \(index + 1) of conversion keyword '\(name)' for sample fetch keyword"
                    + " '\(fetch.name)'"
            )
        }
        for (index, type) in list.types.enumerated() where ArgumentList.references.contains(type) {
            guard index < values.count || list.speaksOfOwn else { continue }
            references.append(Reference(type: type, name: index < values.count ? values[index] : "", keyword: name))
        }
        if let problem = SampleArguments.problem(values, of: name, isConverter: isConverter, surroundings) {
            throw Failure(
                message: "invalid args in \(isConverter ? "converter" : "fetch method") '\(name)' : \(problem)"
            )
        }
        return values
    }

    /// Splits at commas up to the closing parenthesis; quotes and backslashes protect both.
    private static func split(
        _ rest: inout Substring.UTF8View,
        most: Int,
        into values: inout [String],
        _ failure: (String, Int) -> Failure
    ) throws(Failure) {
        var value: [UInt8] = []
        var quote: UInt8?
        while let byte = rest.first {
            switch byte {
            case Lexer.doubleQuote, Lexer.singleQuote:
                if quote == nil { quote = byte } else if quote == byte { quote = nil } else { value.append(byte) }
            case Lexer.backslash where quote != Lexer.singleQuote && rest.count > 1:
                rest = rest.dropFirst()
                if let next = rest.first {
                    // What is no escape stays as it is written, such as `\1` of a replacement.
                    if next != Lexer.backslash, !Lexer.isSpecial(next), next != UInt8(ascii: ","),
                        next != UInt8(ascii: ")")
                    {
                        value.append(Lexer.backslash)
                    }
                    value.append(next)
                }
            case UInt8(ascii: ",") where quote == nil, UInt8(ascii: ")") where quote == nil:
                guard values.count < most || (value.isEmpty && values.isEmpty && byte == UInt8(ascii: ")")) else {
                    let text = String(decoding: value, as: UTF8.self)
                    throw failure(
                        "expected ')' before '\(values.isEmpty ? "" : ",")\(text)\(String(Substring(rest)))'",
                        values.count
                    )
                }
                values.append(String(decoding: value, as: UTF8.self))
                value = []
                if byte == UInt8(ascii: ")") {
                    rest = rest.dropFirst()
                    return
                }
            default: value.append(byte)
            }
            rest = rest.dropFirst()
        }
        throw failure("expected ')'", values.count)
    }

    private static func fits(_ value: String, _ type: String) -> Bool {
        switch type {
        case "integer": Int(value) != nil
        case "Protocol buffers field number":
            value.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { UInt64($0) != nil }
        case "IPv4 address": IPAddress(value)?.family == .v4
        case "IPv6 address": IPAddress(value)?.family == .v6
        case "IPv4 mask": (Int(value).map { (0...32).contains($0) } ?? (IPAddress(value)?.family == .v4))
        case "IPv6 mask": (Int(value).map { (0...128).contains($0) } ?? (IPAddress(value)?.family == .v6))
        default: true
        }
    }
}
