/// What was done in the time that counts, and over all.
struct Tally {
    /// Whether the time counts.
    var isMeasured = false
    /// Connections, requests or bytes in the time that counts.
    private var units = 0
    /// The same, from the beginning on.
    private(set) var whole = 0
    private(set) var errors = 0
    private var lastError: Int32 = 0
    /// Times by size class: 64 classes for each power of two of nanoseconds.
    private var histogram = [UInt32](repeating: 0, count: 64 * 40)
    private var longest: UInt64 = 0

    mutating func bytes(_ count: Int) {
        whole += count
        if isMeasured { units += count }
    }

    /// One unit that took so many nanoseconds.
    mutating func unit(_ took: UInt64) {
        whole += 1
        guard isMeasured else { return }
        units += 1
        histogram[min(Self.place(took), histogram.count - 1)] += 1
        longest = max(longest, took)
    }

    mutating func fail(_ code: Int32) {
        errors += 1
        lastError = code
    }

    private static func place(_ value: UInt64) -> Int {
        if value < 64 { return Int(value) }
        let power = 63 - value.leadingZeroBitCount
        return (power - 5) * 64 + Int(value >> UInt64(power - 6) & 63)
    }

    /// Nanoseconds at the lower end of a class.
    private static func value(_ place: Int) -> Double {
        if place < 64 { return Double(place) }
        let power = place / 64 + 5
        return Double((64 + UInt64(place % 64)) << UInt64(power - 6))
    }

    /// Microseconds that a share of the units did not exceed.
    private func quantile(_ share: Double) -> Double {
        let wanted = Double(histogram.reduce(0) { $0 + Int($1) }) * share
        var sum = 0.0
        for (place, count) in histogram.enumerated() {
            sum += Double(count)
            if sum > wanted { return Self.value(place) / 1000 }
        }
        return 0
    }

    /// One line of JSON. `rate` is units a second; `whole` and `whole_seconds` go from the beginning to the end, for
    /// what is counted beside it.
    func line(seconds: Double, wholeSeconds: Double) -> String {
        let rate = seconds > 0 ? Double(units) / seconds : 0
        return """
            {"rate": \(rate), "whole": \(whole), "whole_seconds": \(wholeSeconds), "errors": \(errors), \
            "last_error": \(lastError), "p50_us": \(quantile(0.5)), "p99_us": \(quantile(0.99)), \
            "max_us": \(Double(longest) / 1000)}
            """
    }
}
