internal import Patterns

/// What stands behind a criterion: flags, files and values (configuration manual, section 7.1), read as HAProxy reads them.
struct ACLPatterns {
    private(set) var test: PatternTest
    /// Why it cannot be followed although it is right.
    var quarantine: String? { checks.quarantine }

    private let criterion: String
    private let kind: SampleTypes.Kind
    private var method: MatchMethod?
    private var comparesVersions: Bool
    private var ignoresCase = false
    private var takesMaps = false
    private var number: Int?
    private var sources: [PatternSource] = []
    private var checks: PatternChecks
    private var rest: ArraySlice<String>

    /// - Parameters:
    ///   - criterion: The method that was written, without its parentheses.
    ///   - converters: Names of those behind it.
    ///   - line: Counted from the header of the section.
    init(
        _ criterion: String,
        _ converters: [String],
        _ words: ArraySlice<String>,
        line: Int,
        _ surroundings: Surroundings
    ) throws(ConditionParser.Failure) {
        self.criterion = criterion
        test = PatternTest(.found)
        rest = words
        checks = PatternChecks(surroundings)
        let base = Self.suffix(criterion)
        kind = SampleTypes.kind(base.name, converters)
        // Such names say how to compare, unless a converter changes what is compared.
        let own = converters.isEmpty ? base.method : nil
        comparesVersions = converters.isEmpty && ["req.ssl_ver", "req_ssl_ver"].contains(criterion)
        method = own ?? kind.method
        try flags(line)
        guard let method else { throw untold }
        sources.append(PatternSource(.words(try values(method)), ignoresCase: ignoresCase))
        if let last = sources.indices.last { (sources[last].number, sources[last].line) = (number, line) }
        for index in sources.indices { sources[index].keyword = criterion }
        test = PatternTest(method, sources)
    }

    /// `path` and `beg` of `path_beg`; `payload` compares bytes.
    private static func suffix(_ criterion: String) -> (name: String, method: MatchMethod?) {
        if SampleFetches.method(criterion) != nil {
            return (criterion, criterion == "payload" || criterion == "payload_lv" ? .bin : nil)
        }
        guard let mark = criterion.lastIndex(of: "_"),
            let method = MatchMethod(name: String(criterion[criterion.index(after: mark)...]))
        else { return (criterion, nil) }
        return (String(criterion[..<mark]), method)
    }

    private var untold: ConditionParser.Failure {
        failure(
            "matching method must be specified first (using '-m') when using a sample fetch of this type ('\(criterion)')",
            "write -m and a method, such as str, before the value"
        )
    }

    private func failure(_ message: String, _ remedy: String) -> ConditionParser.Failure {
        ConditionParser.Failure(message: message + ".", remedy: remedy)
    }

    // MARK: - Flags

    private mutating func flags(_ line: Int) throws(ConditionParser.Failure) {
        while let flag = rest.first, flag.utf8.first == UInt8(ascii: "-") {
            rest = rest.dropFirst()
            switch flag {
            case "--": return
            case "-i": ignoresCase = true
            case "-n": continue
            case "-M": takesMaps = true
            case "-m": try readMethod()
            case "-f": try readFile(line)
            case "-u":
                let word = rest.popFirst() ?? ""
                guard let number = Int(word) ?? (word.isEmpty ? 0 : nil) else {
                    throw failure("the argument of -u must be an integer", "write a number")
                }
                self.number = number
            default:
                throw failure(
                    "'\(flag)' is not a valid ACL option. Please use '--' before any pattern beginning with a '-'",
                    "write -- before the value"
                )
            }
        }
    }

    private mutating func readMethod() throws(ConditionParser.Failure) {
        let name = rest.popFirst() ?? ""
        guard sources.isEmpty else {
            throw failure(
                "'-m' must only be specified before patterns and files in parsing ACL expression",
                "write -m before -f"
            )
        }
        guard let method = MatchMethod(name: name) else {
            let names = MatchMethod.allCases.map { $0.name }.sorted().joined(separator: ", ")
            throw failure("unknown matching method '\(name)' when parsing ACL expression", "write one of " + names)
        }
        guard kind.fits(method) else {
            throw failure(
                "matching method '\(name)' cannot be used with fetch keyword '\(criterion)'",
                "write another method"
            )
        }
        self.method = method
        comparesVersions = false
    }

    private mutating func readFile(_ line: Int) throws(ConditionParser.Failure) {
        guard let method else { throw untold }
        let path = rest.popFirst() ?? ""
        do throws(PatternChecks.Failure) {
            try checks.file(path, method, ignoresCase: ignoresCase, hasValues: takesMaps)
        } catch {
            throw failure(error.message, "name a file with a value in each line")
        }
        var source = PatternSource(.file(path), ignoresCase: ignoresCase, line: line)
        source.hasValues = takesMaps
        sources.append(source)
    }

    // MARK: - Values

    /// The patterns as HAProxy keeps them: `ge 5` is `5:`.
    private mutating func values(_ method: MatchMethod) throws(ConditionParser.Failure) -> [String] {
        var relation = "eq"
        var values: [String] = []
        for word in rest {
            var value = word
            if method.comparesNumbers {
                if ["eq", "ge", "gt", "le", "lt"].contains(word) {
                    relation = word
                    continue
                }
                if !word.contains(byte: UInt8(ascii: ":")), !word.contains(byte: UInt8(ascii: "-")), relation != "eq" {
                    value = try range(word, relation)
                } else if comparesVersions {
                    value = try versions(word)
                }
            }
            do throws(PatternChecks.Failure) {
                try checks.word(value, method, ignoresCase: ignoresCase)
            } catch {
                throw failure(error.message, Self.remedies[method] ?? "write another pattern")
            }
            values.append(value)
        }
        return values
    }

    private static let remedies: [MatchMethod: String] = [
        .int: "write a number, or two with a colon between", .len: "write a number, or two with a colon between",
        .ip: "write an address, or a network such as 10.0.0.0/8", .bin: "write hexadecimal digits",
        .reg: "write a regular expression of PCRE2", .regm: "write a regular expression of PCRE2",
    ]

    private func range(_ word: String, _ relation: String) throws(ConditionParser.Failure) -> String {
        let number = comparesVersions ? Self.version(Substring(word)) : Int64(word)
        guard let number, !word.hasPrefix("+") else {
            throw failure("'\(word)' is neither a number nor a supported operator", "write a number")
        }
        return switch relation {
        case "gt": "\(number &+ 1):"
        case "ge": "\(number):"
        case "lt": ":\(number &- 1)"
        default: ":\(number)"
        }
    }

    /// `3.1:3.3` as numbers.
    private func versions(_ word: String) throws(ConditionParser.Failure) -> String {
        let ends = word.split(separator: ":", omittingEmptySubsequences: false)
        var numbers: [String] = []
        for end in ends {
            guard let number = end.isEmpty && ends.count == 2 ? "" : Self.version(end).map({ "\($0)" }) else {
                throw failure("'\(word)' is not a dotted number", "write 3.1")
            }
            numbers.append(number)
        }
        return numbers.joined(separator: ":")
    }

    /// 3.1 is 3 × 65536 + 1.
    private static func version(_ text: Substring) -> Int64? {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false).map { UInt16($0) }
        guard let major = parts.first ?? nil else { return nil }
        guard parts.count > 1 else { return Int64(major) << 16 }
        return parts[1].map { Int64(major) << 16 | Int64($0) }
    }
}
