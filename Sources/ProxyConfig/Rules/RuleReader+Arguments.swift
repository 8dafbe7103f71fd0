internal import Patterns

/// Arguments that a single action has.
extension RuleReader {
    /// `sc-inc-gpc0(<track>)`, `sc-inc-gpc(<counter>,<track>)`
    func counterProblem(_ base: String, _ inside: String?, _ count: Int) -> String? {
        let name = base + (inside.map { "(\($0))" } ?? "")
        let kind = base.contains("gpt") ? "gpt" : "gpc"
        let expected = "Expects \(base)(\(count > 1 ? "<\(kind.uppercased()) ID>," : "")<Track ID>)"
        guard let inside else { return count > 1 ? "invalid \(kind) ID '\(name)'. \(expected)" : nil }
        let numbers = inside.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
        if count > 1, numbers.count < 2 || numbers[0] == nil { return "Missing \(kind) ID '\(name)'. \(expected)" }
        if count == 1, inside.isEmpty { return nil }
        // Two actions have shorter words.
        let isShort = count == 1 && kind == "gpc"
        guard numbers.count == count, let track = numbers.last ?? nil else {
            return isShort
                ? "invalid stick table track ID. Expects \(name)(<Track ID>)"
                : "invalid stick table track ID '\(name)'. \(expected)"
        }
        return track > 2
            ? "invalid stick table track ID\(isShort ? "" : " '\(name)'"). The max allowed ID is 2" : nil
    }

    /// `<expression> {len <length>|id <place>}`; of an answer the place only.
    mutating func capture(_ base: String) throws(Failure) {
        let isRequest = words.first == "http-request"
        guard words.first?.hasPrefix("http-") == true else { return try contentCapture(base) }
        guard index + 3 <= words.count, !words[index..<index + 3].contains(where: { Self.beginsCondition($0) }) else {
            throw failure("expects <expression> \(isRequest ? "[ 'len' <length> | id <idx> ]" : "id <idx>")")
        }
        try expression(base)
        guard word == "id" || word == "len" && isRequest else {
            throw failure("expects \(isRequest ? "'len' or 'id'" : "'id'"), found '\(word)'")
        }
        let isLength = word == "len"
        index += 1
        guard !word.isEmpty else { throw failure("missing \(isLength ? "length" : "id") value") }
        if isLength {
            try length()
            if let proxy, proxy.kind == .backend { throw failure("proxy '\(proxy.name)' has no frontend capability") }
        } else {
            let number = CNumber(word)
            guard number.rest.isEmpty else { throw failure("cannot parse id '\(word)'") }
            capturePlace = Int(truncatingIfNeeded: number.value)
            index += 1
        }
    }

    /// `capture` of what is not known to be HTTP.
    private mutating func contentCapture(_ base: String) throws(Failure) {
        try expression(base)
        guard word == "len" else { throw failure("a positive 'len' argument is mandatory") }
        index += 1
        try length()
    }

    private mutating func length() throws(Failure) {
        let length = Checker.number(word)
        guard length > 0 else { throw failure("length must be > 0") }
        captureLength = length
        index += 1
    }

    /// `<name> [-m <method>]`
    mutating func headerMatch() throws(Failure) {
        let name = word
        index += 1
        guard word == "-m" else { return }
        index += 1
        guard !word.isEmpty else { throw failure("-m flag expects exactly 1 argument") }
        guard ["str", "beg", "end", "sub", "reg"].contains(word) else {
            throw failure("-m with unsupported matching method '\(word)'")
        }
        if word == "reg", let problem = RegexText.problem(name) { throw failure(problem) }
        index += 1
    }

    /// `time <time> [at-least <bytes>]`, in any order.
    mutating func bodyWait() throws(Failure) {
        var hasTime = false
        while word == "time" || word == "at-least" {
            let name = word
            index += 1
            guard !word.isEmpty else { throw failure("missing argument for '\(name)'") }
            if name == "time" {
                hasTime = true
                do throws(TimeText.Failure) {
                    _ = try TimeText.milliseconds(word)
                } catch {
                    if case .unexpected(let character) = error { throw failure("unexpected character '\(character)'") }
                    throw failure("time overflow (maximum value is \(TimeText.most) ms or ~24.8 days)")
                }
            } else {
                // A number and perhaps its unit.
                let rest = word.drop { $0.isASCII && $0.isNumber }
                let hasUnit = rest.count < word.count && rest.first.map { "kKmMgG".contains($0) } ?? false
                if let odd = rest.dropFirst(hasUnit ? 1 : 0).first { throw failure("unexpected character '\(odd)'") }
            }
            index += 1
        }
        guard hasTime else { throw failure("expects time <time> [ at-least <bytes> ]") }
    }

    /// `{server|tunnel} {<time>|<expression>}`
    mutating func timeout(_ base: String) throws(Failure) {
        if let proxy, proxy.kind == .frontend { throw failure("proxy '\(proxy.name)' has no backend capability") }
        let name = word
        guard name == "server" || name == "tunnel" else {
            throw failure("'\(base)' rule supports 'server'/'tunnel' (got '\(name)')")
        }
        index += 1
        let problem: TimeText.Failure
        do throws(TimeText.Failure) {
            let time = try TimeText.milliseconds(word)
            guard time == 0 else {
                index += 1
                return
            }
            problem = .empty
        } catch {
            problem = error
        }
        switch problem {
        case .empty: throw failure("null value is not valid for a '\(base) \(name)' rule")
        case .overflow:
            throw failure(
                "timer overflow in argument '\(word)' to rule '\(base) \(name)' (maximum value is \(TimeText.most) ms or ~24.8 "
                    + "days)"
            )
        case .unexpected(let character):
            // What is no time may be a sample, from wherever it may come.
            guard let expression = try? SampleExpression(word, surroundings: surroundings) else {
                throw failure("unexpected character '\(character)' in rule '\(base) \(name)'")
            }
            references += expression.references
            index += 1
        }
    }

    /// `<code> [reason <text>]`
    mutating func status() throws(Failure) {
        guard let status = Int(word), (100...999).contains(status) else {
            throw failure("expects an integer status code between 100 and 999")
        }
        index += 1
        let next = index + 1 < words.count ? words[index + 1] : ""
        guard word == "reason", !next.isEmpty, !Self.beginsCondition(next) else { return }
        index += 2
    }
}
