internal import Glibc

/// A moment for people: `2026-11-21 12:40:35`, UTC.
public struct UTCTime: Sendable, Hashable, CustomStringConvertible {
    /// `2026-11-21`
    public let date: String
    /// `12:40:35`
    public let time: String

    /// - Parameter seconds: Since 1970.
    public init(_ seconds: Int64) {
        var moment = time_t(seconds)
        var parts = tm()
        gmtime_r(&moment, &parts)
        func padded(_ number: CInt, _ width: Int = 2) -> String {
            let text = String(number)
            return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
        }
        date = "\(padded(parts.tm_year + 1900, 4))-\(padded(parts.tm_mon + 1))-\(padded(parts.tm_mday))"
        time = "\(padded(parts.tm_hour)):\(padded(parts.tm_min)):\(padded(parts.tm_sec))"
    }

    public var description: String { "\(date) \(time)" }
    public var rfc3339: String { "\(date)T\(time)Z" }
    /// `20261121T124035Z`, for names of files.
    public var compact: String { rfc3339.filter { $0 != "-" && $0 != ":" } }
}
