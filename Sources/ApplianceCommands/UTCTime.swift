internal import Glibc

/// A moment for people: `2026-11-21 12:40:35`, UTC.
struct UTCTime: CustomStringConvertible {
    private let date: String
    private let time: String

    /// - Parameter seconds: Since 1970.
    init(_ seconds: Int64) {
        var moment = time_t(seconds)
        var parts = tm()
        gmtime_r(&moment, &parts)
        func padded(_ number: Int32, _ width: Int) -> String {
            let text = String(number)
            return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
        }
        date = "\(padded(parts.tm_year + 1900, 4))-\(padded(parts.tm_mon + 1, 2))-\(padded(parts.tm_mday, 2))"
        time = "\(padded(parts.tm_hour, 2)):\(padded(parts.tm_min, 2)):\(padded(parts.tm_sec, 2))"
    }

    var description: String { "\(date) \(time)" }
    var rfc3339: String { "\(date)T\(time)Z" }
}
