internal import Glibc
internal import Logging
internal import Synchronization
internal import Syscalls

/// Where the lines of the log go.
final class LogTarget: Sendable {
    private enum Kind: Sendable {
        case descriptor(CInt)
        case file(String)
        case syslog
    }

    private let kind: Kind
    private let format: ProcessOptions.LogFormat
    /// The open file and which one it is; a file that was moved away is opened anew.
    private let file = Mutex<(descriptor: CInt, mark: FileIdentity?)>((-1, nil))

    private struct FileIdentity: Equatable {
        var device: UInt64
        var inode: UInt64

        init(_ status: stat) {
            device = UInt64(status.st_dev)
            inode = UInt64(status.st_ino)
        }
    }

    init(descriptor: CInt) {
        kind = .descriptor(descriptor)
        format = .text
    }

    /// - Throws: When the log file cannot be opened.
    init(_ options: ProcessOptions) throws {
        format = options.logFormat
        switch options.logTo {
        case "stderr": kind = .descriptor(2)
        case "syslog": kind = .syslog
        case "file": kind = .file(options.logFile)
        default: kind = .descriptor(1)
        }
        if case .file(let path) = kind, !file.withLock({ Self.open(path, &$0) }) {
            throw Failure.configuration("\(SystemError(code: errno, operation: "open \(path)"))")
        }
    }

    func logger(_ label: String, level: Logger.Level) -> Logger {
        Logger(label: label) { [format] _ in LineLogHandler(self, format: format, level: level) }
    }

    static func level(_ name: String) -> Logger.Level {
        let others = ["warn": Logger.Level.warning, "fatal": .critical, "panic": .critical]
        return Logger.Level(rawValue: name.lowercased()) ?? others[name.lowercased()] ?? .warning
    }

    /// One write for each line: lines of several threads do not mix. What cannot be written is lost.
    func write(_ line: String, level: Logger.Level) {
        switch kind {
        case .descriptor(let descriptor): Self.write(line, descriptor)
        case .file(let path):
            file.withLock { file in
                if Self.open(path, &file) { Self.write(line, file.descriptor) }
            }
        case .syslog: Self.syslog(line, level)
        }
    }

    private static func write(_ line: String, _ descriptor: CInt) {
        let bytes = Array((line + "\n").utf8)
        _ = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
    }

    /// Opens the file if it is not open, or if its path leads to another one by now.
    private static func open(_ path: String, _ file: inout (descriptor: CInt, mark: FileIdentity?)) -> Bool {
        var status = stat()
        if file.descriptor >= 0, stat(path, &status) == 0, FileIdentity(status) == file.mark { return true }
        let opened = Glibc.open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o640)
        guard opened >= 0 else { return file.descriptor >= 0 }
        if file.descriptor >= 0 { close(file.descriptor) }
        fstat(opened, &status)
        file = (opened, FileIdentity(status))
        return true
    }

    private static func syslog(_ line: String, _ level: Logger.Level) {
        let priority: CInt
        switch level {
        case .trace, .debug: priority = LOG_DEBUG
        case .info: priority = LOG_INFO
        case .notice: priority = LOG_NOTICE
        case .warning: priority = LOG_WARNING
        case .error: priority = LOG_ERR
        case .critical: priority = LOG_CRIT
        }
        line.withCString { text in withVaList([text]) { vsyslog(daemonFacility | priority, "%s", $0) } }
    }

    /// LOG_DAEMON of syslog(3), a macro that Swift does not see.
    private static let daemonFacility: CInt = 3 << 3
}
