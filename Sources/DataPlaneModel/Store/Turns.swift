internal import Glibc
internal import Synchronization

/// One after the other, in the order of arrival: nobody who keeps coming back gets ahead of one who waits.
final class Turns: Sendable {
    private struct Queue {
        var isTaken = false
        var waiting: [Gate] = []
    }

    private let queue = Mutex(Queue())

    /// Waits for those who came before, and then runs `body` alone.
    func alone<Result>(_ body: () throws(APIError) -> Result) throws(APIError) -> Result {
        let turn = queue.withLock { queue -> Gate? in
            guard queue.isTaken else {
                queue.isTaken = true
                return nil
            }
            let turn = Gate()
            queue.waiting.append(turn)
            return turn
        }
        turn?.wait()
        defer { next() }
        return try body()
    }

    private func next() {
        let next = queue.withLock { queue -> Gate? in
            guard !queue.waiting.isEmpty else {
                queue.isTaken = false
                return nil
            }
            return queue.waiting.removeFirst()
        }
        next?.open()
    }
}

/// Closed until it is opened, once.
private final class Gate: @unchecked Sendable {
    // Synchronised by what it is: a semaphore at an address that does not move.
    private let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

    init() { sem_init(semaphore, 0, 0) }

    deinit {
        sem_destroy(semaphore)
        semaphore.deallocate()
    }

    func wait() { while sem_wait(semaphore) != 0, errno == EINTR {} }

    func open() { sem_post(semaphore) }
}
