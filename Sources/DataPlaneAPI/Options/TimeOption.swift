public import ArgumentParser

/// A length of time on the command line, as Go spells it: `30s`, `1m30s`, `500ms`; a bare number is seconds.
public struct TimeOption: ExpressibleByArgument, Sendable, Hashable {
    var duration: Duration

    init(_ duration: Duration) { self.duration = duration }

    public init?(argument: String) {
        if let seconds = Int(argument) {
            guard (0...1_000_000).contains(seconds) else { return nil }
            self.init(.seconds(seconds))
            return
        }
        let units: [String: Double] = ["h": 3_600_000, "m": 60_000, "s": 1000, "ms": 1]
        var total = 0.0
        var rest = argument[...]
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isNumber || $0 == "." }
            rest = rest.dropFirst(digits.count)
            let unit = rest.prefix { $0.isLetter }
            rest = rest.dropFirst(unit.count)
            guard let number = Double(digits), let factor = units[String(unit)] else { return nil }
            total += number * factor
        }
        guard !argument.isEmpty, total < 1e9 else { return nil }
        self.init(.milliseconds(Int(total)))
    }
}
