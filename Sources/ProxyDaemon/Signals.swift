internal import CLinux
internal import Glibc
internal import Syscalls

/// Signals as events of a poll loop.
struct Signals: ~Copyable {
    let descriptor: FileDescriptor

    /// Blocks `signals` in this thread and all that it starts later.
    init(_ signals: [CInt]) throws(SystemError) {
        descriptor = FileDescriptor(
            owning: try syscall("signalfd") { clinux_signalfd(signals, CInt(signals.count)) }
        )
    }

    /// The next signal that has come; nil if none has.
    func next() -> CInt? {
        let signal = clinux_signalfd_read(descriptor.raw)
        return signal > 0 ? signal : nil
    }
}
