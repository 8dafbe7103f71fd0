internal import Glibc

/// Tells of what happens beside the data path: rare lines, of any thread.
final class LogCenter: @unchecked Sendable {
    // The lock guards `desk`.
    private let lock: UnsafeMutablePointer<pthread_mutex_t>
    private var desk: LogDesk
    /// Standard error, for those who start it by hand or keep what containers say; nil where nobody reads it.
    private let aloud: LogSink?

    init(_ book: LogBook, aloud: LogSink?, dropped: UnsafeMutablePointer<UInt32>) {
        self.aloud = aloud
        lock = .allocate(capacity: 1)
        pthread_mutex_init(lock, nil)
        desk = LogDesk(book, dropped: dropped)
    }

    deinit {
        pthread_mutex_destroy(lock)
        lock.deallocate()
    }

    /// Sends what a sink has not taken yet; true if something still waits.
    func flush() -> Bool {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        desk.flush()
        return !desk.isEmpty
    }

    /// Somebody is told of servers whose backend has no log.
    var isAloud: Bool { aloud != nil }

    /// What happens to servers and proxies is said on standard error, too, in HAProxy's form; what that does not take at once is dropped.
    func tell(aloud line: LogLine, _ group: UnsafePointer<LogGroupEntry>?) {
        if let aloud {
            let level = line.level == .emergency ? "[ALERT]   " : "[WARNING] "
            let bytes = Array("\(level) (\(getpid())) : \(line.aloud ?? line.text)\n".utf8)
            _ = bytes.withUnsafeBytes { bytes in bytes.baseAddress.map { aloud.write($0, bytes.count) } }
        }
        if group != nil { tell(line, group) }
    }

    /// One whole line, without its newline.
    func tell(_ line: LogLine, _ group: UnsafePointer<LogGroupEntry>?) {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        guard let group = desk.begin(group, line.level) else { return }
        desk.line.text(line.text)
        desk.end(group, line.level)
        desk.flush()
    }
}

/// A line for the log, and how severe it is.
struct LogLine: Hashable, Sendable {
    var level: LogLevel
    var text: String
    /// What standard error is told instead.
    var aloud: String?

    init(_ level: LogLevel, _ text: String, aloud: String? = nil) {
        self.level = level
        self.text = text
        self.aloud = aloud
    }
}
