internal import CLinux
internal import Glibc

/// The descriptor that log lines go to; writing never blocks.
///
/// A file, pipe or terminal is opened anew, because O_NONBLOCK set on standard output itself would be set for everybody
/// who shares it. A socket (the journal's) cannot be opened, but can be sent to without blocking.
public struct LogSink: Sendable {
    let descriptor: CInt
    let isSocket: Bool

    public init(_ target: EngineSettings.LogTarget) {
        let original: CInt
        switch target {
        case .none:
            (descriptor, isSocket) = (-1, false)
            return
        case .standardOutput: original = 1
        case .standardError: original = 2
        }
        let own = clinux_open("/proc/self/fd/\(original)", O_WRONLY | O_NONBLOCK | O_APPEND, 0)
        descriptor = own >= 0 ? own : original
        isSocket = own < 0
    }

    /// Takes a descriptor as it is.
    init(descriptor: CInt) { (self.descriptor, isSocket) = (descriptor, false) }

    /// Bytes written; -1 if the sink takes none now.
    @inline(__always)
    func write(_ bytes: UnsafeRawPointer, _ count: Int) -> Int {
        if descriptor < 0 { return count }
        if isSocket {
            let sent = send(descriptor, bytes, count, CInt(MSG_DONTWAIT) | CInt(MSG_NOSIGNAL))
            if sent >= 0 || errno != ENOTSOCK { return sent }
        }
        return Glibc.write(descriptor, bytes, count)
    }

    /// One whole line, for rare messages. Lost if the sink takes none now.
    public func line(_ text: String) {
        var bytes = Array(text.utf8)
        bytes.append(UInt8(ascii: "\n"))
        _ = bytes.withUnsafeBytes { buffer in
            buffer.baseAddress.map { write($0, buffer.count) }
        }
    }
}
