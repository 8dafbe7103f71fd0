/// Checks the text of a log format (configuration manual, section 8.2.6).
enum LogFormatText {
    /// What the samples of a text ask for.
    struct Findings {
        var references: [SampleExpression.Reference] = []
        /// Why one of them cannot be answered although it is right.
        var quarantine: String?
    }

    /// The problem in HAProxy's words; nil if there is none.
    static func problem(
        _ text: String,
        isHTTP: Bool,
        places: SamplePlace.Set = .init(.log),
        _ surroundings: Surroundings,
        _ findings: inout Findings
    ) -> String? {
        let bytes = Array(text.utf8)
        var index = 0
        func string(_ range: some RangeExpression<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
        while index < bytes.count {
            guard bytes[index] == UInt8(ascii: "%") else {
                index += 1
                continue
            }
            index += 1
            guard index < bytes.count else { return "truncated line after '%'" }
            if bytes[index] == UInt8(ascii: "%") {
                index += 1
                continue
            }
            if bytes[index] == UInt8(ascii: "{") {
                let start = index + 1
                guard let end = bytes[start...].firstIndex(of: UInt8(ascii: "}")) else {
                    return "truncated line after '\(string(start...))'"
                }
                index = end + 1
                guard index < bytes.count else {
                    return "parse argument modifier without variable name near '%{\(string(start..<index))'"
                }
            }
            if bytes[index] == UInt8(ascii: "[") {
                let start = index + 1
                let end = end(of: bytes, from: start)
                let expression = string(start..<(end ?? bytes.count))
                do throws(SampleExpression.Failure) {
                    let sample = try SampleExpression(expression, surroundings: surroundings)
                    guard end != nil else { return "missing ']' after '\(expression)'" }
                    findings.references += sample.references
                    findings.quarantine = findings.quarantine ?? sample.quarantine
                    if sample.places.isDisjoint(with: places) {
                        return
                            "sample fetch <\(string(start...))> may not be reliably used here because it needs "
                            + "'\(SampleSources.label(sample.fetch.name))' which is not available here"
                    }
                } catch {
                    if let odd = error.rest.first {
                        return "expected ']' after '\(expression.dropLast(error.rest.count))', but found '\(odd)'"
                    }
                    return "failed to parse sample expression <\(string(start...))> : \(error.message)"
                }
                guard let end else { return nil }
                index = end + 1
                continue
            }
            let start = index
            while index < bytes.count, isLetter(bytes[index]) { index += 1 }
            guard index > start else {
                return
                    "unexpected variable name near '\(string(start...start))' at position \(start) line : '\(text)'. Maybe "
                    + "you want to write a single '%', use the syntax '%%'"
            }
            let name = string(start..<index)
            guard names.contains(name) || httpNames.contains(name) else {
                return
                    "no such format variable '\(name)'. If you wanted to emit the '%' character verbatim, you need to use "
                    + "'%%'"
            }
            if !isHTTP, httpNames.contains(name) { return "format variable '\(name)' is reserved for HTTP mode" }
        }
        return nil
    }

    /// The bracket that ends an expression; one within arguments does not.
    private static func end(of bytes: [UInt8], from start: Int) -> Int? {
        var depth = 0
        var quote: UInt8?
        var index = start
        while index < bytes.count {
            let byte = bytes[index]
            switch byte {
            case UInt8(ascii: "\\") where quote != UInt8(ascii: "'"): index += 1
            case UInt8(ascii: "'") where depth > 0, UInt8(ascii: "\"") where depth > 0:
                if quote == nil { quote = byte } else if quote == byte { quote = nil }
            case UInt8(ascii: "(") where quote == nil: depth += 1
            case UInt8(ascii: ")") where quote == nil: depth -= 1
            case UInt8(ascii: "]") where depth <= 0: return index
            default: break
            }
            index += 1
        }
        return nil
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
    }

    private static let names: Set<String> = [
        "o", "B", "H", "ID", "ST", "T", "Tc", "Td", "Tl", "Th", "Ts", "Tt", "Tu", "Tw", "U", "ac", "b", "bc", "bi",
        "bp",
        "bq", "ci", "cp", "f", "fc", "fi", "fp", "ft", "lc", "hr", "hrl", "hs", "hsl", "ms", "pid", "rc", "rt", "s",
        "sc",
        "si", "sp", "sq", "sslc", "sslv", "t", "ts",
    ]

    private static let httpNames: Set<String> = [
        "CC", "CS", "HM", "HP", "HPO", "HQ", "HU", "HV", "Ta", "Ti", "Tq", "TR", "Tr", "r", "tr", "trg", "trl", "tsc",
    ]
}
