/// Reads the words of an `expect` line.
struct ExpectationParser {
    private let words: [String]
    private let isHTTP: Bool
    private var index = 1
    private(set) var comment: String?

    init(_ words: [String], isHTTP: Bool) {
        self.words = words
        self.isHTTP = isHTTP
    }

    private var word: String { index < words.count ? words[index] : "" }
    private var value: String { index + 1 < words.count ? words[index + 1] : "" }

    private mutating func take(_ what: String = "a string") throws(CheckProblem) -> String {
        guard !value.isEmpty else { throw CheckProblem("'\(word)' expects \(what) as argument.") }
        let result = value
        index += 2
        return result
    }

    mutating func parse() throws(CheckProblem) -> CheckExpectation {
        var result = CheckExpectation(.string([]))
        var match: CheckExpectation.Match?
        while !word.isEmpty {
            var isNegated = false
            while word == "!" || word.hasPrefix("!") && match == nil && word.count > 1 {
                isNegated.toggle()
                guard word == "!" else {
                    var rest = Array(words[(index + 1)...])
                    rest.insert(String(word.dropFirst()), at: 0)
                    return try Self.continued(self, rest, result, isNegated)
                }
                index += 1
            }
            if isNegated, Self.options.contains(word) {
                throw CheckProblem("'!' not supported with '\(word)'.")
            }
            if try takeOption(&result) { continue }
            guard match == nil else { throw CheckProblem("only one pattern expected.") }
            match = try takeMatch()
            result.isNegated = isNegated
        }
        guard let match else {
            throw CheckProblem(
                isHTTP
                    ? "'only supports min-recv, [!]string', '[!]rstring', '[!]string-lf', '[!]status', '[!]rstatus', "
                        + "[!]hdr, [!]fhdr or comment (got '\(word)')."
                    : "'only supports min-recv, '[!]binary', '[!]string', '[!]rstring', '[!]rbinary' or comment (got "
                        + "'\(word)')."
            )
        }
        result.match = match
        return result
    }

    /// `!string x` is `! string x`.
    private static func continued(
        _ parser: ExpectationParser,
        _ rest: [String],
        _ sofar: CheckExpectation,
        _ isNegated: Bool
    ) throws(CheckProblem) -> CheckExpectation {
        var next = parser
        let head = Array(parser.words[..<parser.index])
        next = ExpectationParser(head + (isNegated ? ["!"] : []) + rest, isHTTP: parser.isHTTP)
        return try next.parse()
    }

    private static let options: Set<String> = [
        "min-recv", "comment", "ok-status", "error-status", "tout-status", "on-success", "on-error", "status-code",
    ]

    private mutating func takeOption(_ result: inout CheckExpectation) throws(CheckProblem) -> Bool {
        switch word {
        case "min-recv":
            let text = try take("a integer")
            guard let number = Int(text), (-1...Int(Int32.max)).contains(number) else {
                throw CheckProblem("'min-recv' expects -1 or an integer from 0 to INT_MAX, got \(text)")
            }
            result.minimum = number
        case "comment": comment = try take()
        case "ok-status":
            result.passedStatus = try status([.layer7Passed, .layer7ConditionallyPassed, .layer6Passed, .layer4Passed])
        case "error-status":
            result.failedStatus = try status([
                .layer7ConditionallyPassed, .layer7Invalid, .layer7WrongStatus, .layer6Invalid, .layer4Problem,
            ])
        case "tout-status":
            result.timeoutStatus = try status([.layer7Timeout, .layer6Timeout, .layer4Timeout])
        case "on-success": result.onSuccess = try CheckTemplate(try take())
        case "on-error": result.onError = try CheckTemplate(try take())
        case "status-code": result.code = try CheckTemplate(fetch: try take("an expression"))
        default: return false
        }
        return true
    }

    private mutating func status(_ allowed: [CheckStatus]) throws(CheckProblem) -> CheckStatus {
        let option = word
        let text = try take()
        guard let status = CheckStatus(rawValue: text.uppercased()), allowed.contains(status) else {
            let list = allowed.map { "'\($0.rawValue)'" }.joined(separator: ", ")
            throw CheckProblem("'\(option)' only supports \(list) (got '\(text)').")
        }
        return status
    }

    private mutating func takeMatch() throws(CheckProblem) -> CheckExpectation.Match {
        let kind = word
        switch (kind, isHTTP) {
        case ("string", false): return .string(Array(try take().utf8))
        case ("rstring", false): return .regex(try regex())
        case ("string-lf", false): return .template(try CheckTemplate(try take()))
        case ("binary", false):
            let text = try take()
            guard let bytes = Hex.bytes(text.utf8) else { throw RuleParser.badHex(text) }
            return .binary(bytes)
        case ("rbinary", false): return .binaryRegex(try regex())
        case ("binary-lf", false): return .template(try CheckTemplate(try take(), isHexadecimal: true))
        case ("string", true): return .body(Array(try take().utf8))
        case ("rstring", true): return .bodyRegex(try regex())
        case ("string-lf", true): return .bodyTemplate(try CheckTemplate(try take()))
        case ("status", true): return .status(try statuses(try take()))
        case ("rstatus", true): return .statusRegex(try regex())
        case ("hdr", true), ("fhdr", true): return .header(try header(isWhole: kind == "fhdr"))
        default:
            throw CheckProblem("'\(kind)' is not known to '\(isHTTP ? "http" : "tcp")-check expect'")
        }
    }

    private mutating func regex() throws(CheckProblem) -> Pattern {
        try Self.pattern(try take("a regular expression"))
    }

    private static func pattern(_ text: String) throws(CheckProblem) -> Pattern {
        do throws(Pattern.Problem) {
            return try Pattern(text)
        } catch {
            throw CheckProblem("regex '\(text)' is invalid: \(error.message)", isNotFollowed: error.isBeyond)
        }
    }

    /// `200,301-303`
    private func statuses(_ text: String) throws(CheckProblem) -> [ClosedRange<Int>] {
        var ranges: [ClosedRange<Int>] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
            guard ends.count <= 2, let low = ends[0], let high = ends.last ?? low, low >= 100, high >= low,
                high <= 999
            else {
                throw CheckProblem("invalid status code or range of codes '\(text)'")
            }
            ranges.append(low...high)
        }
        return ranges
    }

    /// `name [-m <method>] <name> [value [-m <method>] <value>]`
    private mutating func header(isWhole: Bool) throws(CheckProblem) -> HeaderMatch {
        index += 1
        guard word == "name" || word == "name-lf" else {
            throw CheckProblem("'hdr' expects at the keyword name as first argument followed by a pattern")
        }
        let name = try method(isTemplate: word == "name-lf")
        guard word == "value" || word == "value-lf" else { return HeaderMatch(name: name, isWhole: isWhole) }
        return HeaderMatch(name: name, value: try method(isTemplate: word == "value-lf"), isWhole: isWhole)
    }

    private mutating func method(isTemplate: Bool) throws(CheckProblem) -> HeaderMatch.Method {
        index += 1
        var kind = "str"
        if word == "-m" {
            kind = try take("a matching pattern ('str', 'beg', 'end', 'sub' or 'reg')")
        }
        guard !word.isEmpty else { throw CheckProblem("missing value pattern") }
        let text = word
        index += 1
        if isTemplate, text.contains("%") {
            throw CheckProblem("log-format in header patterns is not followed in checks", isNotFollowed: true)
        }
        switch kind {
        case "str": return .exact(text)
        case "beg": return .begins(text)
        case "end": return .ends(text)
        case "sub": return .contains(text)
        case "reg": return .regex(try Self.pattern(text))
        default:
            throw CheckProblem("unknown matching method '\(kind)', only supports 'str', 'beg', 'end', 'sub' or 'reg'")
        }
    }
}
