import Glibc

/// Runs `body` on a thread of its own that nobody waits for, in the caller's network namespace: pthread_create(3),
/// pthread_detach(3). `body` and what it holds are let go of when it returns, or at once if there is no thread.
public func startDetachedThread(_ operation: String, _ body: @escaping @Sendable () -> Void) throws(SystemError) {
    let work = Unmanaged.passRetained(DetachedWork(body))
    var thread = pthread_t()
    let code = pthread_create(
        &thread,
        nil,
        { context in
            guard let context else { return nil }
            Unmanaged<DetachedWork>.fromOpaque(context).takeRetainedValue().body()
            return nil
        },
        work.toOpaque()
    )
    if code != 0 {
        work.release()
        throw SystemError(code: code, operation: "start a thread to \(operation)")
    }
    pthread_detach(thread)
}

private final class DetachedWork: Sendable {
    let body: @Sendable () -> Void

    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
}
