import Diagnostics

extension Checker {
    /// Reads `1,2-5:8`: which of so many lines are sent.
    mutating func logSample(_ text: String, at index: Int) -> LogSample? {
        do throws(LogSampleText.Failure) {
            return try LogSampleText.read(text)
        } catch {
            self.error(at: index, "log : \(error.message)", remedy: "write ranges, a colon and a size: 1,3-5:10")
            return nil
        }
    }
}

/// The text of `sample`, refused in HAProxy's words.
enum LogSampleText {
    struct Failure: Error {
        var message: String
    }

    static func read(_ text: String) throws(Failure) -> LogSample {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { throw Failure(message: "Missing sample size") }
        guard let size = number(parts[1]), size > 0 else {
            throw Failure(message: "wrong sample size '\(parts[1])' for sample range '\(parts[0])'")
        }
        if parts[0].isEmpty { throw Failure(message: "no sampling ranges given") }
        let ranges = try ranges(parts[0])
        for (one, next) in zip(ranges, ranges.dropFirst()) where one.upperBound >= next.lowerBound {
            throw Failure(message: "ranges are overlapping")
        }
        let most = ranges.last?.upperBound ?? 0
        guard most <= size else {
            throw Failure(
                message:
                    "sample size \(size) should be greater or equal to \(most) the maximum of the high ranges limits"
            )
        }
        return LogSample(ranges: ranges, size: size)
    }

    private static func ranges(_ text: Substring) throws(Failure) -> [ClosedRange<Int>] {
        var ranges: [ClosedRange<Int>] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = part.split(separator: "-", omittingEmptySubsequences: false)
            let numbers = ends.compactMap { number($0) }
            guard let low = numbers.first, let high = numbers.last, numbers.count == ends.count, ends.count <= 2,
                low > 0,
                low <= high
            else {
                // Where nothing stands HAProxy shows what comes.
                let shown = part.isEmpty ? text[part.startIndex...] : part
                throw Failure(message: "wrong sample range '\(shown)'")
            }
            ranges.append(low...high)
        }
        return ranges.sorted { $0.lowerBound < $1.lowerBound }
    }

    /// Digits only: no sign, and no more than a number has room for.
    private static func number(_ text: Substring) -> Int? {
        text.utf8.allSatisfy { (48...57).contains($0) } ? Int(text).flatMap { $0 <= Int(UInt32.max) ? $0 : nil } : nil
    }
}
