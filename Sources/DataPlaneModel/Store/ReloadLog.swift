internal import Glibc

/// What became of each reload, by the identifier that `Reload-ID` told the client.
struct ReloadLog: Sendable {
    struct Entry: Sendable {
        var id: String
        var succeeded: Bool
        /// Seconds since 1970.
        var time: Int
        /// The proxy's own words.
        var response: String

        var body: JSONValue {
            [
                "id": .string(id), "status": .string(succeeded ? "succeeded" : "failed"),
                "reload_timestamp": .integer(time), "response": .string(response),
            ]
        }
    }

    /// Most entries that are kept.
    static let capacity = 100

    private(set) var entries: [Entry] = []
    private var count = 0

    /// Records a reload; gives its identifier, `YYYY-MM-DD-N`.
    mutating func add(succeeded: Bool, response: String, now: Int) -> String {
        count += 1
        let id = "\(Self.date(now))-\(count)"
        entries.append(Entry(id: id, succeeded: succeeded, time: now, response: response))
        if entries.count > Self.capacity { entries.removeFirst() }
        return id
    }

    /// The day in UTC.
    private static func date(_ now: Int) -> String {
        var time = time_t(now)
        var parts = tm()
        gmtime_r(&time, &parts)
        func padded(_ number: CInt) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(parts.tm_year + 1900)-\(padded(parts.tm_mon + 1))-\(padded(parts.tm_mday))"
    }
}
