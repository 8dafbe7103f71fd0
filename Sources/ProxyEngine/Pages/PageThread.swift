internal import CLinux
internal import Glibc
internal import Syscalls

/// The thread that answers what the proxy is asked by HTTP itself. Apart from the workers: a report of thousands of servers
/// holds up no connection.
final class PageThread: @unchecked Sendable {
    // Cells are atomic; the plan is handed over under the lock.
    struct Cells {
        var lock: UInt32 = 0
        /// Retained; nil once it is taken.
        var plan: UnsafeMutableRawPointer?
        var isStopping: UInt32 = 0
        var connections: UInt32 = 0
        /// Requests that were kept because something was wrong with them.
        var faults: UInt32 = 0
    }

    let cells: UnsafeMutablePointer<Cells>
    let wake: CInt
    let answer: CInt
    private var thread = pthread_t()

    private final class Box: @unchecked Sendable {
        // Handed to the thread before it starts, and touched by it only.
        var loop: PageLoop

        init(_ loop: consuming PageLoop) { self.loop = loop }
    }

    /// - Parameter line: Where a socket is sent for each question to whoever has the statistics; -1: nobody does.
    init(_ logs: LogCenter, _ shared: UnsafeMutablePointer<ProcessCells>, line: CInt) throws(SystemError) {
        cells = .allocate(capacity: 1)
        cells.initialize(to: Cells())
        wake = try syscall("eventfd for pages") { clinux_eventfd(1) }
        answer = try syscall("eventfd for pages") { clinux_eventfd(0) }
        let box = Unmanaged.passRetained(Box(PageLoop(cells, wake, answer, logs, shared, line: line)))
        let code = pthread_create(
            &thread,
            nil,
            { context in
                guard let context else { return nil }
                Unmanaged<Box>.fromOpaque(context).takeRetainedValue().loop.run()
                return nil
            },
            box.toOpaque()
        )
        if code != 0 {
            box.release()
            throw SystemError(code: code, operation: "start the thread for pages")
        }
    }

    deinit {
        cells.deallocate()
        close(wake)
        close(answer)
    }

    var faults: UInt32 { clinux_atomic_load(&cells.pointee.faults) }

    var connections: Int { Int(clinux_atomic_load(&cells.pointee.connections)) }

    /// Has it answer as `plan` says, and waits until it does.
    func change(to plan: Plan) {
        let raw = Unmanaged.passRetained(plan).toOpaque()
        if let unread = clinux_atomic_exchange_pointer(&cells.pointee.plan, raw) {
            Unmanaged<Plan>.fromOpaque(unread).release()
        }
        ring()
        var count: UInt64 = 0
        while read(answer, &count, 8) < 0, errno == EINTR {}
    }

    func stop() {
        clinux_atomic_store(&cells.pointee.isStopping, 1)
        ring()
        pthread_join(thread, nil)
    }

    private func ring() {
        var one: UInt64 = 1
        _ = write(wake, &one, 8)
    }
}
