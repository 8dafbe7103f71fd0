internal import Diagnostics
internal import FoundationEssentials
internal import Glibc
internal import Synchronization
internal import Syscalls

/// The one place that prints: data to standard output, talk to standard error.
enum Console {
    /// A line of data.
    static func data(_ text: String) { write(text + "\n", to: STDOUT_FILENO) }

    /// A line for whoever watches.
    static func say(_ text: String) { write(text + "\n", to: STDERR_FILENO) }

    /// Problems of an input, each with its line and remedy.
    static func say(_ diagnostics: [Diagnostic]) {
        for diagnostic in diagnostics { say(diagnostic.rendered) }
    }

    /// A value as JSON, keys sorted, to standard output.
    static func json(_ value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        data(String(decoding: try encoder.encode(value), as: UTF8.self))
    }

    /// Why data did not reach standard output, which no command may end well with; nil if all of it did.
    private static let loss = Mutex<SystemError?>(nil)

    static var lost: SystemError? { loss.withLock { $0 } }

    private static func write(_ text: String, to descriptor: CInt) {
        let bytes = Array(text.utf8)
        var offset = 0
        while offset < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress?.advanced(by: offset), $0.count - offset)
            }
            if count > 0 {
                offset += count
                continue
            }
            let code = count == 0 ? EIO : errno
            switch code {
            case EINTR: continue
            case EAGAIN:
                // A terminal or pipe that another program has made non-blocking.
                var wait = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = poll(&wait, 1, -1)
            // Nobody reads any more: there is nobody to tell.
            case EPIPE: return
            default:
                guard descriptor == STDOUT_FILENO else { return }
                let error = SystemError(code: code, operation: "write to standard output")
                return loss.withLock { $0 = $0 ?? error }
            }
        }
    }
}
