internal import Glibc
internal import RuntimeAPI
internal import Syscalls

/// Sends sockets from a thread of its own: the other end acknowledges each part in its own time.
enum ListenerHandover {
    static func handOver(_ listeners: [ListenerTransfer.Listener], to client: CInt) {
        // Copies: ours may be closed meanwhile.
        let copies = listeners.compactMap { listener -> ListenerTransfer.Listener? in
            let copy = fcntl(listener.descriptor, F_DUPFD_CLOEXEC, 3)
            guard copy >= 0 else { return nil }
            var result = listener
            result.descriptor = copy
            return result
        }
        let copy = fcntl(client, F_DUPFD_CLOEXEC, 3)
        let work = Work(copies, copy)
        _ = fcntl(copy, F_SETFL, fcntl(copy, F_GETFL) & ~O_NONBLOCK)
        try? UnixSocket.setTimeout(copy, milliseconds: 10000)
        // Without a thread the client sees the end of the connection.
        try? startDetachedThread("hand over listeners") { try? ListenerTransfer.answer(work.client, work.listeners) }
    }

    private final class Work: Sendable {
        let listeners: [ListenerTransfer.Listener]
        let client: CInt

        init(_ listeners: [ListenerTransfer.Listener], _ client: CInt) {
            self.listeners = listeners
            self.client = client
        }

        deinit {
            for listener in listeners { Glibc.close(listener.descriptor) }
            Glibc.close(client)
        }
    }
}
