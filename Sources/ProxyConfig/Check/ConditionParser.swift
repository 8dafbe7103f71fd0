import Diagnostics
import Addresses
internal import Patterns

/// Reads ACL expressions (configuration manual, section 7): `a !b { dst_port 80 443 } or { src 10.0.0.0/8 }`.
struct ConditionParser {
    struct Failure: Error {
        var message: String
        var remedy: String
    }

    /// A condition, and why it cannot be answered if so. Then it never holds.
    struct Parsed {
        var condition: Condition
        var quarantine: String?
        /// Of an ACL, what it asks for.
        var uses: [ConditionConflict.Use] = []
        /// Of a condition, what nobody can tell at its place.
        var conflict: ConditionConflict?
    }

    /// The `acl` lines so far; several lines of a name are alternatives.
    var acls: [String: Parsed] = [:]
    /// Of what is read, counted from the header of the section.
    var line = 0
    /// The ACL that is read; none of a condition without a name.
    private var name = ""

    /// A condition behind `if` or `unless`.
    ///
    /// - Parameter places: Where it is asked; nil: HAProxy warns of nothing there.
    func parse(
        _ words: some Sequence<String>,
        at places: SamplePlace.Set? = nil,
        _ surroundings: Surroundings,
        _ references: inout [SampleExpression.Reference]
    ) throws(Failure) -> Parsed {
        let words = Array(words)
        var quarantine: String?
        var search = places.map { ConflictSearch($0) }
        var alternatives: [Condition] = []
        var terms: [Condition] = []
        var index = 0
        while index < words.count {
            var word = words[index]
            if word == "or" || word == "||" {
                alternatives.append(Self.all(terms))
                terms = []
                index += 1
                continue
            }
            var isNegated = false
            while word.utf8.first == UInt8(ascii: "!") {
                isNegated.toggle()
                word = String(word.dropFirst())
                if word.isEmpty {
                    index += 1
                    guard index < words.count else { break }
                    word = words[index]
                }
            }
            guard !word.isEmpty else { break }
            let parsed: Parsed
            if word == "{" {
                guard let end = words[index...].firstIndex(of: "}") else {
                    throw Failure(message: "missing closing '}' in condition.", remedy: "write } as a word of its own")
                }
                parsed = try expression(words[(index + 1)..<end], surroundings, &references)
                index = end
            } else {
                parsed = try named(word, surroundings, &references)
            }
            quarantine = quarantine ?? parsed.quarantine
            search?.look(word == "{" ? nil : word, parsed.uses)
            terms.append(isNegated ? .not(parsed.condition) : parsed.condition)
            index += 1
        }
        if !terms.isEmpty || alternatives.isEmpty { alternatives.append(Self.all(terms)) }
        let condition = alternatives.count == 1 ? alternatives[0] : .any(alternatives)
        return Parsed(
            condition: quarantine == nil ? condition : .never,
            quarantine: quarantine,
            conflict: search?.conflict
        )
    }

    /// Adds an `acl` line.
    mutating func define(
        _ name: String,
        _ words: ArraySlice<String>,
        _ surroundings: Surroundings,
        _ references: inout [SampleExpression.Reference]
    ) throws(Failure) {
        self.name = name
        defer { self.name = "" }
        let parsed = try expression(words, surroundings, &references)
        guard let before = acls[name] else {
            acls[name] = parsed
            return
        }
        let alternatives: [Condition] =
            if case .any(let conditions) = before.condition { conditions + [parsed.condition] } else {
                [before.condition, parsed.condition]
            }
        acls[name] = Parsed(
            condition: .any(alternatives),
            quarantine: before.quarantine ?? parsed.quarantine,
            uses: before.uses + parsed.uses
        )
    }

    private static func all(_ terms: [Condition]) -> Condition {
        terms.count == 1 ? terms[0] : terms.isEmpty ? .always : .all(terms)
    }

    private func named(
        _ name: String,
        _ surroundings: Surroundings,
        _ references: inout [SampleExpression.Reference]
    ) throws(Failure) -> Parsed {
        if let parsed = acls[name] { return parsed }
        switch name {
        case "TRUE": return Parsed(condition: .always)
        case "FALSE": return Parsed(condition: .never)
        case "LOCALHOST":
            return try expression(["src", "127.0.0.1/8", "::1"], surroundings, &references)
        case "WAIT_END": return try expression(["wait_end"], surroundings, &references)
        case "REQ_CONTENT": return try expression(["req.len", "gt", "0"], surroundings, &references)
        case "RDP_COOKIE": return try expression(["req.rdp_cookie_cnt", "gt", "0"], surroundings, &references)
        case "HTTP": return try expression(["req.proto_http"], surroundings, &references)
        case _ where Self.predefined.contains(name):
            return Parsed(condition: .never, quarantine: "the predefined ACL '\(name)' is not answered yet")
        default:
            throw Failure(message: "no such ACL : '\(name)'.", remedy: "define it by an acl line above this one")
        }
    }

    /// The type of a reference to nothing: a criterion that nothing is compared with.
    static let withoutPattern = "no pattern"

    /// `<method> [flags] [operator] <value>…`
    private func expression(
        _ words: ArraySlice<String>,
        _ surroundings: Surroundings,
        _ references: inout [SampleExpression.Reference]
    ) throws(Failure) -> Parsed {
        guard let first = words.first else {
            throw Failure(message: "missing fetch method in ACL expression ''.", remedy: "name a criterion")
        }
        let sample = try sample(first, surroundings, &references)
        let patterns = try ACLPatterns(
            sample.fetch.name,
            sample.converters.map { $0.name },
            words.dropFirst(),
            line: line,
            surroundings
        )
        if words.count == 1, patterns.test.method != .bool {
            references.append(.init(type: Self.withoutPattern, name: first, keyword: name))
        }
        if sample.fetch.name == "http_auth_group", let list = sample.references.first(where: { $0.type == "user list" })
        {
            for case .words(let groups) in patterns.test.sources.map(\.origin) {
                for group in groups {
                    references.append(.init(type: "group", name: "\(list.name)/\(group)", keyword: name))
                }
            }
        }
        let uses = [ConditionConflict.Use(keyword: sample.fetch.name, places: sample.places)]
        if let plain = Self.plain(sample, patterns.test) { return Parsed(condition: plain, uses: uses) }
        if let reason = AnsweredSamples.problem(sample)?.reason ?? patterns.quarantine {
            return Parsed(condition: .never, quarantine: reason, uses: uses)
        }
        return Parsed(condition: .sample(SampleTest(sample, patterns.test)), uses: uses)
    }

    /// Numbers and networks that stand in the line, as most services have them: the engine compares them as they are.
    private static func plain(_ sample: SampleExpression, _ test: PatternTest) -> Condition? {
        guard sample.converters.isEmpty, test.sources.count == 1, let source = test.sources.first,
            source.number == nil, case .words(let words) = source.origin
        else { return nil }
        let patterns = words.compactMap { try? MatchPattern($0, test.method, takesShortAddresses: true) }
        switch (sample.fetch.name, test.method) {
        case ("dst_port", .int): return .destinationPort(ranges(patterns))
        case ("src_port", .int): return .sourcePort(ranges(patterns))
        case ("dst", .ip): return networks(patterns).map { .destination($0) }
        case ("src", .ip): return networks(patterns).map { .source($0) }
        case ("always_true", .bool): return .always
        case ("always_false", .bool): return .never
        default: return nil
        }
    }

    private static func ranges(_ patterns: [MatchPattern]) -> [ClosedRange<Int>] {
        patterns.compactMap {
            if case .range(let range) = $0 { Int(range.lowerBound)...Int(range.upperBound) } else { nil }
        }
    }

    /// nil where a mask is no prefix.
    private static func networks(_ patterns: [MatchPattern]) -> [IPNetwork]? {
        var networks: [IPNetwork] = []
        for pattern in patterns {
            guard case .network(let network) = pattern else { return nil }
            networks.append(network)
        }
        return networks
    }

    private func sample(
        _ text: String,
        _ surroundings: Surroundings,
        _ references: inout [SampleExpression.Reference]
    ) throws(Failure) -> SampleExpression {
        do throws(SampleExpression.Failure) {
            let sample = try SampleExpression(text, aliases: true, surroundings: surroundings)
            references += sample.references
            return sample
        } catch {
            let method = text.prefix { $0 != "(" && $0 != "," }
            let isUnknown = error.message.hasPrefix("unknown ") || error.message.hasPrefix("missing ")
            let similar = isUnknown ? Spelling.nearest(String(method), in: FetchMethods.all) : nil
            throw Failure(
                message: Self.message(error.message, of: String(method), in: text),
                remedy: similar.map { "write '\($0)'" } ?? "use a fetch method of the manual's chapter 7"
            )
        }
    }

    /// HAProxy says of names that only ACLs know what it says of other criteria by the whole expression.
    private static func message(_ problem: String, of method: String, in text: String) -> String {
        guard keywords.contains(method) else {
            let isSentence = problem.hasPrefix("invalid args in fetch method") && problem.hasSuffix(".")
            return "\(isSentence ? String(problem.dropLast()) : problem) in ACL expression '\(text)'."
        }
        if problem.contains("converter") { return "ACL keyword '\(method)' : \(problem).." }
        let introduction = "fetch method '\(method)' : "
        let words = problem.hasPrefix(introduction) ? String(problem.dropFirst(introduction.count)) : problem
        return "ACL keyword '\(method)' : \(words)."
    }

    /// Names of ACLs, but for those that end with a method (`haproxy -dKacl`).
    private static let keywords: Set<String> = [
        "base", "cook", "hdr", "http_auth_group", "method", "path", "payload", "payload_lv", "req.ssl_ver",
        "req_rdp_cookie", "req_rdp_cookie_cnt", "req_ssl_sni", "req_ssl_ver", "req_ver", "resp_ver", "scook", "shdr",
        "url", "urlp",
    ]

    private static let predefined: Set<String> = [
        "HTTP_1.0", "HTTP_1.1", "HTTP_2.0", "HTTP_CONTENT", "HTTP_URL_ABS", "HTTP_URL_SLASH", "HTTP_URL_STAR",
        "METH_CONNECT", "METH_DELETE", "METH_GET", "METH_HEAD", "METH_OPTIONS", "METH_POST", "METH_PUT", "METH_TRACE",
    ]
}
