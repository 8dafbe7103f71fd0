internal import Glibc

/// Tells of what happens beside the data path: rare lines, of any thread.
final class LogCenter: @unchecked Sendable {
    // The lock guards `desk`.
    private let lock: UnsafeMutablePointer<pthread_mutex_t>
    private var desk: LogDesk

    init(_ book: LogBook, dropped: UnsafeMutablePointer<UInt32>) {
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

    init(_ level: LogLevel, _ text: String) {
        self.level = level
        self.text = text
    }
}
