internal import Patterns

/// What stands between a criterion and its values: `-i`, `-m <method>`, `-f <file>` and their like (configuration
/// manual, section 7.1).
struct ACLFlags {
    /// `-m`
    private(set) var method: String?
    /// `-i`
    private(set) var ignoresCase = false
    /// A flag that nothing here follows.
    private(set) var unanswered: String?
    private(set) var values: ArraySlice<String>

    init(_ words: ArraySlice<String>, _ surroundings: Surroundings) throws(ConditionParser.Failure) {
        values = words
        while let flag = values.first, flag.utf8.count == 2, flag.utf8.first == UInt8(ascii: "-") {
            values = values.dropFirst()
            switch flag {
            case "--": return
            case "-i": ignoresCase = true
            case "-n", "-M": continue
            case "-m":
                let name = values.popFirst() ?? ""
                guard Self.methods.contains(name) else {
                    throw ConditionParser.Failure(
                        message: "unknown matching method '\(name)' when parsing ACL expression.",
                        remedy: "write one of " + Self.methods.sorted().joined(separator: ", ")
                    )
                }
                method = name
                if !Self.answered.contains(name) { unanswered = "-m \(name)" }
            case "-f":
                let path = values.popFirst() ?? ""
                guard surroundings.hasFile(path), !path.isEmpty else {
                    throw ConditionParser.Failure(
                        message: "failed to open pattern file <\(path)>.",
                        remedy: "name a file with a value in each line"
                    )
                }
                unanswered = flag
            case "-u":
                values = values.dropFirst()
                unanswered = flag
            default:
                throw ConditionParser.Failure(
                    message:
                        "'\(flag)' is not a valid ACL option. Please use '--' before any pattern beginning with a '-'.",
                    remedy: "write -- before the value"
                )
            }
        }
    }

    /// True if nothing stands there that makes more of a comparison than its values.
    var isPlain: Bool { unanswered == nil && !ignoresCase }

    /// What is compared with `expression`.
    func test(_ expression: SampleExpression) -> SampleTest {
        var test = SampleTest(expression: expression, values: Array(values))
        test.method = method
        test.ignoresCase = ignoresCase
        if method == nil, ["req.ssl_ver", "req_ssl_ver"].contains(expression.fetch.name),
            expression.converters.isEmpty
        {
            test.values = values.map { Self.numbers(ofVersions: $0) }
        }
        return test
    }

    /// `3.1:3.3` as the numbers that versions of TLS are compared by; words stay.
    private static func numbers(ofVersions text: String) -> String {
        let ends = text.split(separator: ":", omittingEmptySubsequences: false).map { end -> String in
            let parts = end.split(separator: ".").compactMap { Int($0) }
            guard let major = parts.first else { return String(end) }
            return String(major << 16 + (parts.count > 1 ? parts[1] : 0))
        }
        return ends.joined(separator: ":")
    }

    /// Complains about a method that is missing and about values that it cannot read.
    func checkMethod(_ criterion: String) throws(ConditionParser.Failure) {
        let name = String(criterion.prefix { $0 != "(" && $0 != "," })
        if method == nil, SampleFetches.untyped.contains(name), !criterion.contains("),") {
            throw ConditionParser.Failure(
                message:
                    "matching method must be specified first (using '-m') when using a sample fetch of this type ('\(name)').",
                remedy: "write -m and a method, such as str, before the value"
            )
        }
        if method == "reg" || name.hasSuffix("_reg") {
            for value in values {
                guard let problem = RegexText.problem(value) else { continue }
                throw ConditionParser.Failure(message: problem + ".", remedy: "write a regular expression of PCRE2")
            }
        }
        if method == nil, ["req.ssl_ver", "req_ssl_ver"].contains(name) {
            let words: Set<String> = ["eq", "ge", "gt", "le", "lt"]
            let wrong = values.first { value in
                !words.contains(value) && !value.utf8.allSatisfy { (48...58).contains($0) || $0 == UInt8(ascii: ".") }
            }
            if let wrong {
                throw ConditionParser.Failure(message: "'\(wrong)' is not a dotted number.", remedy: "write 3.1")
            }
        }
        guard method == "bin" else { return }
        for value in values {
            guard let wrong = value.first(where: { $0.utf8.first.flatMap { Lexer.hexadecimal($0) } == nil }) else {
                continue
            }
            throw ConditionParser.Failure(
                message: "an hex digit is expected (found '\(wrong)').",
                remedy: "write hexadecimal digits"
            )
        }
    }

    private static let answered: Set<String> = [
        "beg", "bin", "bool", "end", "found", "int", "ip", "len", "str", "sub",
    ]

    private static let methods: Set<String> = [
        "beg", "bin", "bool", "dir", "dom", "end", "found", "int", "ip", "len", "reg", "regm", "str", "sub",
    ]
}
