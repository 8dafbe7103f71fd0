import CLinux
import Glibc
import Syscalls

/// Runs `body` on a thread of its own in a fresh network namespace with `lo` down, and waits for it.
///
/// The namespace belongs to that thread only, so suites can run side by side; programs that `body` starts with
/// ``Syscalls/Subprocess`` are in it too. It is gone when the last descriptor and process in it are. Needs root, and
/// fails (never skips) without. The suite must be ``Testing/Trait/blocking``.
public func withNetworkNamespace<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) throws -> Result {
    try BlockingThreads.check("a network namespace")
    let work = Work(body: body)
    var thread = pthread_t()
    let code = pthread_create(
        &thread,
        nil,
        { context in
            guard let context else { return nil }
            Unmanaged<AnyWork>.fromOpaque(context).takeRetainedValue().run()
            return nil
        },
        Unmanaged<AnyWork>.passRetained(work).toOpaque()
    )
    if code != 0 { throw SystemError(code: code, operation: "start a thread") }
    pthread_join(thread, nil)
    guard let outcome = work.outcome else { throw SystemError(code: EINVAL, operation: "run in a namespace") }
    return try outcome.get()
}

/// A path that leads to the calling thread's network namespace for as long as the thread is in it; for `nsenter --net=`
/// and `ip link set … netns`.
public func networkNamespacePath() throws -> String {
    var bytes = [CChar](repeating: 0, count: 256)
    let count = try syscall("readlink /proc/thread-self") { readlink("/proc/thread-self", &bytes, 255) }
    return "/proc/" + String(decoding: bytes[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self) + "/ns/net"
}

private class AnyWork {
    func run() {}
}

private final class Work<Value: Sendable>: AnyWork {
    let body: @Sendable () throws -> Value
    var outcome: Swift.Result<Value, any Error>?

    init(body: @escaping @Sendable () throws -> Value) { self.body = body }

    override func run() {
        outcome = Swift.Result {
            try syscall("unshare the network namespace (are you root?)") { clinux_unshare_network() }
            return try body()
        }
    }
}
