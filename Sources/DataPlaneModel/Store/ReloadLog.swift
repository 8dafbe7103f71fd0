internal import Diagnostics

/// What became of each reload, by the identifier that `Reload-ID` told the client.
struct ReloadLog: Sendable {
    enum Status: String, Sendable {
        case inProgress = "in_progress"
        case succeeded
        case failed
    }

    struct Entry: Sendable {
        var id: String
        var status: Status
        /// Seconds since 1970.
        var time: Int
        /// The proxy's own words; empty while it is in progress.
        var response: String

        var body: JSONValue {
            [
                "id": .string(id), "status": .string(status.rawValue), "reload_timestamp": .integer(time),
                "response": .string(response),
            ]
        }
    }

    /// Most entries that are kept.
    static let capacity = 100

    private(set) var entries: [Entry] = []
    private var count = 0

    /// Records a reload; gives its identifier, `YYYY-MM-DD-N`.
    mutating func add(succeeded: Bool, response: String, now: Int) -> String {
        let id = begin(now: now)
        finish(id, succeeded: succeeded, response: response, now: now)
        return id
    }

    /// Records a reload that is to come; gives its identifier.
    mutating func begin(now: Int) -> String {
        count += 1
        let id = "\(Self.date(now))-\(count)"
        entries.append(Entry(id: id, status: .inProgress, time: now, response: ""))
        if entries.count > Self.capacity { entries.removeFirst() }
        return id
    }

    /// Records what became of a reload.
    mutating func finish(_ id: String, succeeded: Bool, response: String, now: Int) {
        guard let index = entries.lastIndex(where: { $0.id == id }) else { return }
        entries[index].status = succeeded ? .succeeded : .failed
        entries[index].time = now
        entries[index].response = response
    }

    /// The day in UTC.
    private static func date(_ now: Int) -> String { UTCTime(Int64(now)).date }
}
