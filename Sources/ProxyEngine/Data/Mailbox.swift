internal import CLinux
internal import Glibc
internal import Syscalls

/// How the engine speaks to a worker thread: a plan to change to, or the word to stop; an eventfd wakes it.
struct MailboxCells {
    /// A retained ``Plan`` waiting to be taken.
    var plan: UnsafeMutableRawPointer?
    var stop: UInt32 = 0
    /// 1: end connections whose server or frontend went at ``goneBefore`` or earlier.
    var sweep: UInt32 = 0
    var goneBefore: UInt32 = 0
    /// 1: answer, to show that the thread turns.
    var beat: UInt32 = 0
    /// A retained ``Errand`` waiting to be run.
    var errand: UnsafeMutableRawPointer?
    /// Turns of the thread, and connections that it took. It alone writes them.
    var turns: UInt64 = 0
    var taken: UInt64 = 0
    /// Written to, it wakes the worker.
    var wake: CInt = -1
    /// A list of ``Waiter``s of this worker whose turn has come, the last one first.
    var called: UnsafeMutableRawPointer?
}

/// Owns a mailbox and its descriptors.
final class Mailbox: @unchecked Sendable {
    // Every access to the cells is an atomic operation.
    let cells: UnsafeMutablePointer<MailboxCells>
    let wake: CInt
    /// Written by the worker when it has taken a plan.
    let answer: CInt

    init() throws(SystemError) {
        cells = .allocate(capacity: 1)
        cells.initialize(to: MailboxCells())
        wake = try syscall("eventfd for a worker") { clinux_eventfd(1) }
        cells.pointee.wake = wake
        answer = try syscall("eventfd for a worker") { clinux_eventfd(0) }
    }

    deinit {
        cells.deallocate()
        close(wake)
        close(answer)
    }

    func post(_ plan: Plan) {
        let raw = Unmanaged.passRetained(plan).toOpaque()
        if let unread = clinux_atomic_exchange_pointer(&cells.pointee.plan, raw) {
            Unmanaged<Plan>.fromOpaque(unread).release()
        }
        ring(wake)
    }

    func postStop() {
        clinux_atomic_store(&cells.pointee.stop, 1)
        ring(wake)
    }

    /// Has connections ended that outlive what they used by too long.
    func postSweep(goneBefore: UInt32) {
        clinux_atomic_store(&cells.pointee.goneBefore, goneBefore)
        clinux_atomic_store(&cells.pointee.sweep, 1)
        ring(wake)
    }

    /// Has the worker do something on its thread between two turns, and waits for it.
    func run(_ errand: Errand) {
        let raw = Unmanaged.passRetained(errand).toOpaque()
        if let unread = clinux_atomic_exchange_pointer(&cells.pointee.errand, raw) {
            Unmanaged<Errand>.fromOpaque(unread).release()
        }
        ring(wake)
        waitForAnswer()
    }

    /// Asks whether the thread turns; false if it does not answer in time. It must not be asked for anything else then.
    func isAlive(within milliseconds: CInt) -> Bool {
        postBeat()
        var wait = pollfd(fd: answer, events: Int16(POLLIN), revents: 0)
        guard poll(&wait, 1, milliseconds) == 1 else { return false }
        waitForAnswer()
        return true
    }

    /// Asks for an answer at the end of a turn.
    func postBeat() {
        clinux_atomic_store(&cells.pointee.beat, 1)
        ring(wake)
    }

    /// Waits until the worker has taken the plan.
    func waitForAnswer() {
        var count: UInt64 = 0
        while read(answer, &count, 8) < 0, errno == EINTR {}
    }

    func ring(_ descriptor: CInt) {
        var one: UInt64 = 1
        _ = write(descriptor, &one, 8)
    }
}
