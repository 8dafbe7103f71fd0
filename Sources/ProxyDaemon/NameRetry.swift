internal import CLinux
internal import Glibc
internal import ProxyEngine
internal import Syscalls

/// Asks again for names that did not resolve, with the back-off of listeners. A look-up may take long, so it has a thread
/// of its own.
final class NameRetry {
    /// Readable when a name has an address now.
    let event: FileDescriptor
    private var names: [String] = []
    private var schedule: RetrySchedule?
    /// Lives as long as its thread: a second one would ask dead name servers the same.
    private weak var work: Work?

    init() throws(SystemError) {
        event = FileDescriptor(owning: try syscall("eventfd for names") { clinux_eventfd(1) })
    }

    /// The names of the configuration that is in effect.
    func change(to names: [String], now: UInt64) {
        if names != self.names { schedule = names.isEmpty ? nil : RetrySchedule(failedAt: now) }
        self.names = names
    }

    /// When ``startDue(now:)`` has something to do; nil for never.
    var due: UInt64? { schedule?.due }

    func startDue(now: UInt64) {
        guard let due, due <= now else { return }
        schedule?.failed(at: now)
        let work = Work(names, dup(event.raw))
        // Without a thread now there is the next time.
        try? startDetachedThread("look up names") { work.run() }
    }

    /// Takes the event.
    func take() {
        var count: UInt64 = 0
        _ = read(event.raw, &count, 8)
    }

    private final class Work: Sendable {
        let names: [String]
        let event: CInt

        init(_ names: [String], _ event: CInt) {
            self.names = names
            self.event = event
        }

        deinit { close(event) }

        func run() {
            // Remembered, so that the change that follows need not ask.
            for name in names {
                guard let address = NameResolution.address(of: name) else { continue }
                FormerAddresses.shared[name] = address
                var one: UInt64 = 1
                _ = write(event, &one, 8)
            }
        }
    }
}
