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
    }

    /// The `acl` lines so far; several lines of a name are alternatives.
    var acls: [String: Parsed] = [:]

    /// A condition behind `if` or `unless`.
    func parse(
        _ words: some Sequence<String>,
        _ surroundings: Surroundings,
        _ references: inout [SampleExpression.Reference]
    ) throws(Failure) -> Parsed {
        let words = Array(words)
        var quarantine: String?
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
            terms.append(isNegated ? .not(parsed.condition) : parsed.condition)
            index += 1
        }
        if !terms.isEmpty || alternatives.isEmpty { alternatives.append(Self.all(terms)) }
        let condition = alternatives.count == 1 ? alternatives[0] : .any(alternatives)
        return quarantine == nil
            ? Parsed(condition: condition, quarantine: nil) : Parsed(condition: .never, quarantine: quarantine)
    }

    /// Adds an `acl` line.
    mutating func define(
        _ name: String,
        _ words: ArraySlice<String>,
        _ surroundings: Surroundings,
        _ references: inout [SampleExpression.Reference]
    ) throws(Failure) {
        let parsed = try expression(words, surroundings, &references)
        guard let before = acls[name] else {
            acls[name] = parsed
            return
        }
        let alternatives: [Condition] =
            if case .any(let conditions) = before.condition { conditions + [parsed.condition] } else {
                [before.condition, parsed.condition]
            }
        acls[name] = Parsed(condition: .any(alternatives), quarantine: before.quarantine ?? parsed.quarantine)
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

    /// `<method> [flags] [operator] <value>…`
    private func expression(
        _ words: ArraySlice<String>,
        _ surroundings: Surroundings,
        _ references: inout [SampleExpression.Reference]
    ) throws(Failure) -> Parsed {
        guard let first = words.first else {
            throw Failure(message: "missing fetch method in ACL expression ''.", remedy: "name a criterion")
        }
        let isPlain = Self.answered.contains(first)
        let sample = try sample(first, surroundings, &references)
        let flags = try ACLFlags(words.dropFirst(), surroundings)
        if !isPlain { try flags.checkMethod(first) }
        if isPlain, flags.isPlain, flags.method == nil || flags.method == "int" || flags.method == "ip" {
            switch first {
            case "dst_port": return Parsed(condition: .destinationPort(try Self.ranges(flags.values)))
            case "src_port": return Parsed(condition: .sourcePort(try Self.ranges(flags.values)))
            case "dst": return Parsed(condition: .destination(try Self.networks(flags.values)))
            case "src": return Parsed(condition: .source(try Self.networks(flags.values)))
            case "always_true": return Parsed(condition: .always)
            case "always_false": return Parsed(condition: .never)
            default: break
            }
        }
        if let problem = AnsweredSamples.problem(sample) {
            return Parsed(condition: .never, quarantine: problem.reason)
        }
        if let flag = flags.unanswered {
            return Parsed(condition: .never, quarantine: "the flag \(flag) of an ACL is not followed yet")
        }
        return Parsed(condition: .sample(flags.test(sample)))
    }

    /// The criteria that ``Condition`` answers.
    private static let answered: Set<String> = ["dst_port", "src_port", "dst", "src", "always_true", "always_false"]

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
                message: error.message + (isUnknown ? " in ACL expression '\(text)'." : "."),
                remedy: similar.map { "write '\($0)'" } ?? "use a fetch method of the manual's chapter 7"
            )
        }
    }

    private static func ranges(_ values: ArraySlice<String>) throws(Failure) -> [ClosedRange<Int>] {
        var ranges: [ClosedRange<Int>] = []
        var relation = "eq"
        for value in values {
            if relation == "eq", let number = Int(value) {
                ranges.append(number...number)
                continue
            }
            if ["eq", "ge", "gt", "le", "lt"].contains(value) {
                relation = value
                continue
            }
            let ends = value.split(separator: ":", omittingEmptySubsequences: false)
            guard ends.count <= 2 else {
                throw Failure(message: "'\(value)' is not a valid number range.", remedy: "write one colon")
            }
            let numbers = ends.compactMap { Int($0) }
            let isOpen = ends.count == 2 && numbers.count == 1 && (ends[0].isEmpty || ends[1].isEmpty)
            guard numbers.count == ends.count || isOpen, let only = numbers.first else {
                throw Failure(
                    message: "'\(value)' is not a number.",
                    remedy: "write a number, or two with a colon between"
                )
            }
            let low = isOpen && ends[0].isEmpty ? Int.min : only
            let high = isOpen && ends[1].isEmpty ? Int.max : numbers.last ?? only
            switch relation {
            case "ge": ranges.append(low...Int.max)
            // Nothing is greater than the greatest number: such a value matches nothing.
            case "gt": if low < Int.max { ranges.append(low + 1...Int.max) }
            case "le": ranges.append(Int.min...low)
            case "lt": if low > Int.min { ranges.append(Int.min...low - 1) }
            default:
                guard low <= high else {
                    throw Failure(
                        message: "'\(value)' is not a valid number range.",
                        remedy: "write the lower number first"
                    )
                }
                ranges.append(low...high)
            }
        }
        return ranges
    }

    private static func networks(_ values: ArraySlice<String>) throws(Failure) -> [IPNetwork] {
        var networks: [IPNetwork] = []
        for value in values {
            let parts = value.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
            guard let address = IPAddress(parts[0]) ?? ShortAddress.parse(parts[0]),
                let network = IPNetwork(
                    containing: address,
                    prefixLength: parts.count == 1 ? address.family.bits : prefixLength(parts[1], address.family)
                )
            else {
                throw Failure(
                    message: "'\(value)' is not a valid IPv4 or IPv6 address.",
                    remedy: "write an address, or a network such as 10.0.0.0/8"
                )
            }
            networks.append(network)
        }
        return networks
    }

    /// A length, or a mask such as 255.255.255.0; -1 for neither.
    private static func prefixLength(_ text: Substring, _ family: IPAddress.Family) -> Int {
        if let length = Int(text) { return length }
        guard let mask = IPAddress(text), mask.family == .v4, family == .v4 else { return -1 }
        let bits = UInt32(truncatingIfNeeded: mask.number)
        let length = (~bits).leadingZeroBitCount
        return bits == (length == 0 ? 0 : UInt32.max << UInt32(32 - length)) ? length : -1
    }

    private static let predefined: Set<String> = [
        "HTTP_1.0", "HTTP_1.1", "HTTP_2.0", "HTTP_CONTENT", "HTTP_URL_ABS", "HTTP_URL_SLASH", "HTTP_URL_STAR",
        "METH_CONNECT", "METH_DELETE", "METH_GET", "METH_HEAD", "METH_OPTIONS", "METH_POST", "METH_PUT", "METH_TRACE",
    ]
}
