internal import Glibc
internal import Synchronization

/// Work that the kernel may never bring to an end, such as what is done on a mount whose server is gone.
public enum BoundedWork {
    /// Runs `body` on a thread of its own.
    ///
    /// - Returns: nil if it has not ended in time. It goes on, or hangs, for as long as the program runs: for programs that
    ///   end soon.
    /// - Throws: ``SystemError`` if there is no thread to be had; what `body` throws.
    public static func run<Value: Sendable>(
        within patience: Duration,
        _ what: String,
        _ body: @escaping @Sendable () throws -> Value
    ) throws -> Value? {
        let work = Work<Value>(bell: try Bell())
        try startDetachedThread(what) { work.end(Result { try body() }) }
        let deadline = MonotonicTime.now + patience
        var wait = pollfd(fd: work.bell.descriptor, events: Int16(POLLIN), revents: 0)
        while poll(&wait, 1, MonotonicTime.milliseconds(deadline - MonotonicTime.now)) <= 0 {
            if MonotonicTime.now >= deadline { return nil }
        }
        return try work.result.withLock { $0 }?.get()
    }

    /// Lives as long as the longer of the two.
    private final class Work<Value: Sendable>: Sendable {
        let result = Mutex<Result<Value, any Error>?>(nil)
        /// Readable when it has ended.
        let bell: Bell

        init(bell: consuming Bell) { self.bell = bell }

        func end(_ value: Result<Value, any Error>) {
            result.withLock { $0 = value }
            bell.ring()
        }
    }
}
