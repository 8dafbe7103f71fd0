internal import Diagnostics
internal import Logging
internal import Glibc

/// Writes `time level=… msg=… key=value …`, or the same as JSON, one line for each event.
struct LineLogHandler: LogHandler {
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    private let target: LogTarget
    private let format: ProcessOptions.LogFormat

    init(_ target: LogTarget, format: ProcessOptions.LogFormat = .text, level: Logger.Level) {
        self.target = target
        self.format = format
        logLevel = level
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { $1 }
        let fields =
            [("level", "\(event.level)"), ("msg", event.message.description)]
            + all.sorted { $0.key < $1.key }.map { ($0.key, "\($0.value)") }
        switch format {
        case .text:
            let words = fields.map { "\($0)=\(Self.quoted($1))" }.joined(separator: " ")
            target.write("\(Self.timestamp()) \(words)", level: event.level)
        case .json:
            let members = ([("time", Self.timestamp())] + fields).map { "\(Self.json($0)):\(Self.json($1))" }
            target.write("{\(members.joined(separator: ","))}", level: event.level)
        }
    }

    private static func quoted(_ text: String) -> String {
        let isPlain =
            !text.isEmpty && text.unicodeScalars.allSatisfy { $0 != " " && $0 != "\"" && $0 != "=" && isShown($0) }
        return isPlain ? text : json(text)
    }

    /// Not control characters (those of 0x80 to 0x9F among them), line separators of Unicode, and characters that turn the
    /// direction of what follows.
    private static func isShown(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.value < 0x7F { return scalar.value >= 0x20 }
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: return false
        default: return true
        }
    }

    /// In double quotes; no control character leaves the line or the terminal's state.
    private static func json(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": quoted += "\\\(scalar)"
            case "\n": quoted += "\\n"
            case _ where isShown(scalar): quoted.unicodeScalars.append(scalar)
            default: quoted += "?"
            }
        }
        return quoted + "\""
    }

    /// UTC with milliseconds (RFC 3339).
    private static func timestamp() -> String {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        let time = UTCTime(Int64(now.tv_sec))
        // The leading 1 keeps its zeros.
        let milliseconds = String(1000 + now.tv_nsec / 1_000_000).dropFirst()
        return "\(time.date)T\(time.time).\(milliseconds)Z"
    }
}
