internal import Addresses
internal import Glibc
internal import Syscalls

/// Opens thousands of listeners with a second thread: the time is the kernel's, and goes by sockets.
final class ListenersAtOnce: @unchecked Sendable {
    // Each thread writes the outcomes of its own half, and the second one has ended before they are read.
    enum Outcome {
        case open(CInt)
        case failed(SystemError)
    }

    /// With fewer than this a thread costs more than it saves.
    static let least = 512

    private let wanted: [(listener: Listener, backlog: Int32)]
    private let outcomes: UnsafeMutablePointer<Outcome?>

    private init(_ wanted: [(listener: Listener, backlog: Int32)]) {
        self.wanted = wanted
        outcomes = .allocate(capacity: wanted.count)
        outcomes.initialize(repeating: nil, count: wanted.count)
    }

    deinit {
        outcomes.deinitialize(count: wanted.count)
        outcomes.deallocate()
    }

    /// Whether none of them can take the place of another, in whatever order they are opened.
    static func areApart(_ listeners: [Listener]) -> Bool {
        listeners.allSatisfy { listener in
            guard let endpoint = listener.address.endpoint else { return false }
            return endpoint.address.number != 0 && listener.address.namespace.isEmpty
        }
    }

    /// Opens each; the outcomes are in their order.
    static func open(_ wanted: [(listener: Listener, backlog: Int32)]) -> [Outcome] {
        let work = ListenersAtOnce(wanted)
        let middle = wanted.count / 2
        let context = Unmanaged.passRetained(work)
        var thread = pthread_t()
        let code = pthread_create(
            &thread,
            nil,
            { context in
                guard let context else { return nil }
                let work = Unmanaged<ListenersAtOnce>.fromOpaque(context).takeRetainedValue()
                work.open(0..<work.wanted.count / 2)
                return nil
            },
            context.toOpaque()
        )
        if code != 0 {
            context.release()
            work.open(0..<middle)
        }
        work.open(middle..<wanted.count)
        if code == 0 { pthread_join(thread, nil) }
        return wanted.indices.map { index in
            work.outcomes[index] ?? .failed(SystemError(code: EAGAIN, operation: "bind"))
        }
    }

    private func open(_ range: Range<Int>) {
        for index in range {
            do throws(SystemError) {
                outcomes[index] = .open(try wanted[index].listener.open(backlog: wanted[index].backlog).release())
            } catch {
                outcomes[index] = .failed(error)
            }
        }
    }
}
