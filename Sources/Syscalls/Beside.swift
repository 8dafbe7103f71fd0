internal import Glibc

/// Work that a second thread does beside this one; without a thread it is done where its value is asked for.
///
/// ```swift
/// let sum = Beside { numbers.reduce(0, +) }
/// let most = numbers.max()
/// print(sum.value(), most)
/// ```
public final class Beside<Value: Sendable> {
    private final class Work: @unchecked Sendable {
        // The thread has ended before its value is read.
        let body: @Sendable () -> Value
        var value: Value?

        init(_ body: @escaping @Sendable () -> Value) { self.body = body }
    }

    private let work: Work
    /// nil without a thread, and when it has ended.
    private var thread: pthread_t?

    public init(_ body: @escaping @Sendable () -> Value) {
        let work = Work(body)
        self.work = work
        thread = startThread { work.value = work.body() }
    }

    deinit { if let thread { pthread_detach(thread) } }

    /// Waits for it.
    public func value() -> Value {
        if let thread { pthread_join(thread, nil) }
        thread = nil
        if let value = work.value { return value }
        let value = work.body()
        work.value = value
        return value
    }
}
