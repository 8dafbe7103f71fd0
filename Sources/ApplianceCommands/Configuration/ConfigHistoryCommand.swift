internal import Diagnostics
internal import ArgumentParser
internal import DataPlaneModel
internal import Files

/// `appliance-net config history`: which versions there are.
struct ConfigHistoryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "List the versions of haproxy.cfg that are kept, the newest last.",
        discussion: "Times are UTC. The version in effect is marked with an asterisk."
    )

    @OptionGroup var config: ConfigOptions

    func run() throws {
        try config.guarded { () throws -> ExitStatus in
            let entries = try config.history.entries()
            if config.options.json {
                try Console.json(entries.map { VersionJSON($0, isLast: $0 == entries.last) })
                return .ok
            }
            for entry in entries {
                let version = String(entry.version)
                let blanks = String(repeating: " ", count: max(0, 6 - version.utf8.count))
                let mark = entry == entries.last ? "*" : " "
                let time = UTCTime(Int64(entry.time))
                Console.data("\(blanks)\(version) \(mark) \(time)  \(entry.origin.rawValue)")
            }
            if entries.isEmpty { Console.say("no version of \(config.path) is kept yet") }
            return .ok
        }
    }
}

/// One version as `--json` shows it.
private struct VersionJSON: Encodable {
    var version: Int
    /// RFC 3339, UTC.
    var time: String
    var origin: String
    var inEffect: Bool

    init(_ entry: ConfigurationHistory.Entry, isLast: Bool) {
        version = entry.version
        time = entry.timeText
        origin = entry.origin.rawValue
        inEffect = isLast
    }

    enum CodingKeys: String, CodingKey {
        case version
        case time
        case origin
        case inEffect = "in_effect"
    }
}
