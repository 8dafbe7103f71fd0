import Synchronization
import Syscalls

/// Threads that may be held up, so many at once that a machine of two cores has work and no test starves.
final class BlockingThreads: TaskExecutor {
    static let shared = BlockingThreads(width: 8)

    private struct Queue {
        var jobs: [UnownedJob] = []
        var threads = 0
    }

    private let queue = Mutex(Queue())
    private let width: Int

    init(width: Int) { self.width = width }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let needsThread = queue.withLock { queue in
            queue.jobs.append(job)
            guard queue.threads < width else { return false }
            queue.threads += 1
            return true
        }
        if needsThread { startThread { self.work() } }
    }

    private func work() {
        while let job = next() { job.runSynchronously(on: asUnownedTaskExecutor()) }
    }

    private func next() -> UnownedJob? {
        queue.withLock { queue in
            if queue.jobs.isEmpty {
                queue.threads -= 1
                return nil
            }
            return queue.jobs.removeFirst()
        }
    }

    /// Fails where waiting would hold up one of the pool's threads.
    static func check(_ what: String) throws {
        let isOurs = withUnsafeCurrentTask { task in
            // Without a task it is a thread that somebody made.
            task == nil || task?.unownedTaskExecutor == shared.asUnownedTaskExecutor()
        }
        if !isOurs { throw HoldsUpThePool(what: what) }
    }
}

struct HoldsUpThePool: Error, CustomStringConvertible {
    var what: String

    var description: String {
        "\(what) waits, and would hold up the other tests: mark the suite with @Suite(.blocking)"
    }
}
