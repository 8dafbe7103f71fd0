extension Duration {
    /// A length of time as Go spells it: `30s`, `1m30s`, `500ms`; a bare number is seconds.
    public init?(go text: String) {
        if let seconds = Int(text) {
            guard (0...1_000_000).contains(seconds) else { return nil }
            self = .seconds(seconds)
            return
        }
        let units: [String: Double] = ["h": 3_600_000, "m": 60_000, "s": 1000, "ms": 1]
        var total = 0.0
        var rest = text[...]
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isNumber || $0 == "." }
            rest = rest.dropFirst(digits.count)
            let unit = rest.prefix { $0.isLetter }
            rest = rest.dropFirst(unit.count)
            guard let number = Double(digits), let factor = units[String(unit)] else { return nil }
            total += number * factor
        }
        guard !text.isEmpty, total < 1e9 else { return nil }
        self = .milliseconds(Int(total))
    }
}
