internal import CLinux

/// A ``LogGroup`` as the data path has it. It stays for as long as the engine.
struct LogGroupEntry {
    var outputs: UnsafeMutablePointer<LogOutputEntry>
    var count: Int
    var tag: PlanText
    /// Empty without `log-send-hostname`.
    var hostName: PlanText
    /// The least severe level that any output takes.
    var level: LogLevel
    /// An output tells the time.
    var tellsTime: Bool
    /// nil without `log-format-sd` or an output that has room for it.
    var structuredData: UnsafePointer<LineFormatEntry>?
    /// `error-log-format`; nil: HAProxy's words.
    var errorFormat: UnsafePointer<LineFormatEntry>?
    /// Some output has room for structured data.
    var takesStructure = false
}

struct LogOutputEntry {
    /// -1: there is no place for it.
    var sink: Int
    /// Of the sink's place, when it was its own.
    var generation: UInt32
    var format: LogFormat
    var facility: UInt8
    var level: LogLevel
    var minimumLevel: LogLevel
    var length: Int
    /// nil: all lines are sent.
    var sample: UnsafePointer<LogSampleEntry>?
}

/// A ``LogSample`` and the lines so far, which threads count together.
struct LogSampleEntry {
    var ranges: UnsafePointer<(low: UInt32, high: UInt32)>
    var count: Int
    var size: UInt32
    var lines: UnsafeMutablePointer<UInt32>

    /// Counts a line; whether it is sent.
    func take() -> Bool {
        let place = clinux_atomic_add(lines, 1) % size + 1
        for index in 0..<count where place >= ranges[index].low && place <= ranges[index].high { return true }
        return false
    }
}
