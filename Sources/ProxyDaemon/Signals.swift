internal import CLinux
internal import Glibc
internal import Syscalls

/// Signals as events of a poll loop.
struct Signals: ~Copyable {
    let descriptor: FileDescriptor

    /// Those that would end a process and do not end HAProxy's, whichever of its processes hears them.
    static let survived: [CInt] = [SIGHUP, SIGQUIT, SIGALRM, SIGUSR2]

    /// Blocks `signals`, and no others, in this thread and all that it starts later. Who has started the process may have blocked
    /// some; HAProxy lets them in again as well.
    init(_ signals: [CInt]) throws(SystemError) {
        descriptor = FileDescriptor(
            owning: try syscall("signalfd") { clinux_signalfd(signals, CInt(signals.count)) }
        )
        // At no moment are those let in: one may have come while the program before this one, in this process, gave way to it.
        var own = sigset_t()
        sigemptyset(&own)
        for signal in signals { sigaddset(&own, signal) }
        pthread_sigmask(SIG_SETMASK, &own, nil)
    }

    /// The next signal that has come; nil if none has.
    func next() -> CInt? {
        let signal = clinux_signalfd_read(descriptor.raw)
        return signal > 0 ? signal : nil
    }

    /// Ends this process by a signal, as if it had never been caught: who waits for it learns which one it was.
    ///
    /// - Returns: What a shell says of such a process, if the signal does not end it.
    static func end(by signal: CInt) -> CInt {
        var own = sigset_t()
        sigemptyset(&own)
        sigaddset(&own, signal)
        Glibc.signal(signal, SIG_DFL)
        pthread_sigmask(SIG_UNBLOCK, &own, nil)
        raise(signal)
        return 128 + signal
    }
}
