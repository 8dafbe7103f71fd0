/// A ``LogGroup`` as the data path has it. It stays for as long as the engine.
struct LogGroupEntry {
    var outputs: UnsafePointer<LogOutputEntry>
    var count: Int
    var tag: PlanText
    /// Empty without `log-send-hostname`.
    var hostName: PlanText
    /// The least severe level that any output takes.
    var level: LogLevel
    /// An output tells the time.
    var tellsTime: Bool
}

struct LogOutputEntry {
    var sink: Int
    var format: LogFormat
    var facility: UInt8
    var level: LogLevel
    var minimumLevel: LogLevel
    var length: Int
}
