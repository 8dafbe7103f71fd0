extension CheckRun {
    enum Evaluation {
        /// More of the answer is needed.
        case wait
        case goOn
        case stop(CheckStatus, String)
    }

    /// Whether the answer is what a rule expects.
    mutating func evaluate(_ expectation: CheckExpectation, _ rule: CheckRule) -> Evaluation {
        if case .custom(let custom) = expectation.match {
            if answer.isEmpty, !hasEnded { return .wait }
            if answer.isEmpty { return .stop(expectation.failedStatus ?? .layer7Invalid, emptyWords(rule)) }
            return evaluate(custom)
        }
        if program.kind == .http { return evaluateHTTP(expectation, rule) }
        let isLast = hasEnded || answer.count >= Self.most
        if answer.isEmpty {
            return isLast ? .stop(expectation.failedStatus ?? .layer7Invalid, emptyWords(rule)) : .wait
        }
        if !isLast {
            if let least = leastLength(expectation), answer.count < least { return .wait }
            if expectation.minimum > 0, answer.count < expectation.minimum { return .wait }
        }
        let matches =
            switch expectation.match {
            case .string(let wanted), .binary(let wanted): answer.contains(wanted)
            case .regex(let pattern): pattern.matches(answer)
            case .binaryRegex(let pattern): pattern.matches(Hex.text(answer))
            case .template(let template): answer.contains(template.bytes(values))
            case .status, .statusRegex, .header, .body, .bodyRegex, .bodyTemplate, .custom: false
            }
        if !matches, !isLast, expectation.minimum == -1 { return .wait }
        if matches != expectation.isNegated { return .goOn }
        return .stop(expectation.failedStatus ?? .layer7Invalid, failure(expectation, rule, matches: matches))
    }

    private func leastLength(_ expectation: CheckExpectation) -> Int? {
        switch expectation.match {
        case .string(let bytes), .binary(let bytes), .body(let bytes): bytes.count
        default: nil
        }
    }

    private func emptyWords(_ rule: CheckRule) -> String {
        "TCPCHK got an empty response at step \(rule.step)" + (rule.comment.map { " comment: '\($0)'" } ?? "")
    }

    /// What is said about an expectation that does not hold.
    mutating func failure(_ expectation: CheckExpectation, _ rule: CheckRule, matches: Bool, info: String = "")
        -> String
    {
        var message: String
        if !info.isEmpty {
            message = info
        } else if let template = expectation.onError {
            message = text(template)
        } else if program.kind == .tcp {
            message = "TCPCHK \(matches ? "matched unwanted" : "did not match") content\(expectation.kindWords)"
            message += " at step \(rule.step)"
        } else {
            message = ""
        }
        if let comment = rule.comment { message += " comment: \(comment)" }
        if let template = expectation.code { code = number(template) }
        return message
    }

    private mutating func evaluateHTTP(_ expectation: CheckExpectation, _ rule: CheckRule) -> Evaluation {
        let isLast = hasEnded || answer.count >= Self.most
        let response: HTTPAnswer
        switch HTTPAnswer.read(answer, hasEnded: isLast, method: method) {
        case .incomplete: return .wait
        case .invalid: return .stop(.layer7Invalid, failure(expectation, rule, matches: false))
        case .answer(let read): response = read
        }
        code = response.status
        if program.stopsOn404, subject.isUp, code == 404 { return .goOn }
        let isComplete = isLast || response.isComplete
        let matches: Bool
        var failed = expectation.failedStatus ?? .layer7WrongStatus
        var info = expectation.onError == nil ? response.reason : ""
        switch expectation.match {
        case .status(let ranges): matches = ranges.contains { $0.contains(code) }
        case .statusRegex(let pattern): matches = pattern.matches(Array("\(code)".utf8))
        case .header(let header): matches = response.has(header)
        case .body, .bodyRegex, .bodyTemplate:
            failed = expectation.failedStatus ?? .layer7Invalid
            if response.body.isEmpty {
                if !isComplete { return .wait }
                let words = expectation.onError == nil ? "HTTP content check could not find a response body" : ""
                return .stop(failed, failure(expectation, rule, matches: false, info: words))
            }
            if !isComplete {
                if let least = leastLength(expectation), response.body.count < least { return .wait }
                if expectation.minimum > 0, response.body.count < expectation.minimum { return .wait }
            }
            matches = bodyMatches(expectation.match, response.body)
            if !matches, !isComplete, expectation.minimum == -1 { return .wait }
            if expectation.onError == nil {
                info =
                    expectation.isNegated ? "HTTP check matched unwanted content" : "HTTP content check did not match"
            }
        case .string, .binary, .regex, .binaryRegex, .template, .custom: return .goOn
        }
        if matches != expectation.isNegated { return .goOn }
        return .stop(failed, failure(expectation, rule, matches: matches, info: info))
    }

    private func bodyMatches(_ match: CheckExpectation.Match, _ body: [UInt8]) -> Bool {
        switch match {
        case .body(let wanted): body.contains(wanted)
        case .bodyRegex(let pattern): pattern.matches(body)
        case .bodyTemplate(let template): body.contains(template.bytes(values))
        default: false
        }
    }
}

extension Array where Element == UInt8 {
    /// Whether `part` stands anywhere in it.
    func contains(_ part: [UInt8]) -> Bool {
        guard let first = part.first else { return true }
        guard count >= part.count else { return false }
        for start in 0...(count - part.count) where self[start] == first {
            if self[start..<start + part.count].elementsEqual(part) { return true }
        }
        return false
    }
}
