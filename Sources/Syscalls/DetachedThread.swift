import Glibc

/// Runs `body` on a thread of its own that nobody waits for, in the caller's network namespace: pthread_create(3),
/// pthread_detach(3). `body` and what it holds are let go of when it returns, or at once if there is no thread.
public func startDetachedThread(_ operation: String, _ body: @escaping @Sendable () -> Void) throws(SystemError) {
    var thread = pthread_t()
    let code = startThread(&thread, body)
    if code != 0 { throw SystemError(code: code, operation: "start a thread to \(operation)") }
    pthread_detach(thread)
}

/// A thread that somebody joins or detaches; nil if there is none.
func startThread(_ body: @escaping @Sendable () -> Void) -> pthread_t? {
    var thread = pthread_t()
    return startThread(&thread, body) == 0 ? thread : nil
}

private func startThread(_ thread: inout pthread_t, _ body: @escaping @Sendable () -> Void) -> CInt {
    let work = Unmanaged.passRetained(ThreadWork(body))
    let code = pthread_create(
        &thread,
        nil,
        { context in
            guard let context else { return nil }
            Unmanaged<ThreadWork>.fromOpaque(context).takeRetainedValue().body()
            return nil
        },
        work.toOpaque()
    )
    if code != 0 { work.release() }
    return code
}

private final class ThreadWork: Sendable {
    let body: @Sendable () -> Void

    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
}
