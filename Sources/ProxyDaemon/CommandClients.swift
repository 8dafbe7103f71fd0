internal import CLinux
internal import Glibc
internal import RuntimeAPI
internal import Syscalls

/// Who speaks to the master socket: each may say one line and gets one answer. Nobody is waited for: a client that says
/// nothing, or does not read its answer, holds up neither the master nor other clients.
struct CommandClients: ~Copyable {
    private struct Client {
        var descriptor: CInt
        var door: CommandDoor
        var input: [UInt8] = []
        var output: [UInt8] = []
        var sent = 0
        var deadline: UInt64

        var isAnswered: Bool { !output.isEmpty }
    }

    /// Most clients at a time; more wait in the kernel's queue.
    private static let most = 64
    /// Milliseconds in which a client must go on with its line, or with reading its answer.
    private static let patience: UInt64 = 2000
    /// Longest line that is taken.
    private static let longestLine = 65536

    private var doors: [(listener: CInt, door: CommandDoor)] = []
    private var clients: [Client] = []
    /// No accept before: descriptors have run out, and the listener would wake us without end.
    private var pausedUntil: UInt64 = 0

    deinit {
        for client in clients { Glibc.close(client.descriptor) }
        for door in doors { Glibc.close(door.listener) }
    }

    mutating func open(_ door: CommandDoor, _ listener: consuming FileDescriptor) {
        let raw = listener.release()
        _ = clinux_set_nonblocking(raw)
        doors.append((raw, door))
    }

    /// Closes the door; those who are inside get their answers.
    mutating func close(door listener: CInt) {
        doors.removeAll { $0.listener == listener }
        Glibc.close(listener)
    }

    /// What to wait for; ``turn(_:now:answer:)`` gets it back with the results.
    func waits(now: UInt64) -> [pollfd] {
        let isOpen = clients.count < Self.most && now >= pausedUntil
        return doors.map { pollfd(fd: isOpen ? $0.listener : -1, events: Int16(POLLIN), revents: 0) }
            + clients.map { pollfd(fd: $0.descriptor, events: Int16($0.isAnswered ? POLLOUT : POLLIN), revents: 0) }
    }

    /// Milliseconds until somebody's patience ends; -1 for never.
    func timeLeft(now: UInt64) -> CInt {
        let resume = pausedUntil > now ? [pausedUntil] : []
        guard let next = (clients.map { $0.deadline } + resume).min() else { return -1 }
        return next <= now ? 0 : CInt(clamping: next - now)
    }

    /// - Parameter answer: What to say to a line that came in at a door, from the client behind a descriptor.
    mutating func turn(_ waits: ArraySlice<pollfd>, now: UInt64, answer: (String, CommandDoor, CInt) -> CommandAnswer) {
        var ended: [CInt] = []
        for (index, wait) in waits.dropFirst(doors.count).enumerated() {
            if wait.revents != 0 {
                if goOn(index, now, answer) { ended.append(clients[index].descriptor) }
            } else if clients[index].deadline <= now {
                ended.append(clients[index].descriptor)
            }
        }
        for descriptor in ended { Glibc.close(descriptor) }
        clients.removeAll { ended.contains($0.descriptor) }
        for (door, wait) in zip(doors, waits) where wait.revents != 0 { acceptAll(door.listener, door.door, now) }
    }

    private mutating func acceptAll(_ listener: CInt, _ door: CommandDoor, _ now: UInt64) {
        var peer = clinux_peer()
        while clients.count < Self.most {
            let descriptor = clinux_accept(listener, &peer)
            if descriptor < 0 {
                if errno != EAGAIN, errno != EINTR, errno != ECONNABORTED { pausedUntil = now + 100 }
                return
            }
            clients.append(Client(descriptor: descriptor, door: door, deadline: now + Self.patience))
        }
    }

    /// Sends sockets from a thread of its own: the other end acknowledges each part in its own time.
    private static func handOver(_ listeners: [ListenerTransfer.Listener], to client: CInt) {
        final class Work: Sendable {
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

    /// Reads or writes what is possible; true when the client is done with.
    private mutating func goOn(
        _ index: Int,
        _ now: UInt64,
        _ answer: (String, CommandDoor, CInt) -> CommandAnswer
    ) -> Bool {
        if !clients[index].isAnswered {
            guard let line = line(of: index, now) else { return false }
            guard let line else { return true }
            switch answer(line, clients[index].door, clients[index].descriptor) {
            case .text(let text): clients[index].output = Array(text.utf8)
            case .listeners(let listeners):
                Self.handOver(listeners, to: clients[index].descriptor)
                return true
            }
            if clients[index].output.isEmpty { return true }
            // The answer may have taken long: the client's time to read it starts now.
            clients[index].deadline = Controller<WorkerLink>.now() + Self.patience
        }
        while clients[index].sent < clients[index].output.count {
            let start = clients[index].sent
            let descriptor = clients[index].descriptor
            let count = clients[index].output.withUnsafeBytes {
                send(descriptor, $0.baseAddress?.advanced(by: start), $0.count - start, CInt(MSG_NOSIGNAL))
            }
            if count < 0 { return errno != EAGAIN && errno != EINTR }
            clients[index].sent += count
            clients[index].deadline = max(clients[index].deadline, now + Self.patience)
        }
        return true
    }

    /// The client's line without its newline, or what came before it shut its side; nil within for a client that said
    /// nothing or too much; nil when there is more to come.
    private mutating func line(of index: Int, _ now: UInt64) -> String?? {
        var chunk = [UInt8](repeating: 0, count: 4096)
        while true {
            let descriptor = clients[index].descriptor
            let count = chunk.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
            if count < 0, errno == EINTR { continue }
            if count < 0 { return errno == EAGAIN ? nil : .some(nil) }
            let input = clients[index].input
            if count == 0 { return .some(input.isEmpty ? nil : String(decoding: input, as: UTF8.self)) }
            clients[index].input += chunk.prefix(count)
            if let end = clients[index].input.firstIndex(of: UInt8(ascii: "\n")) {
                return String(decoding: clients[index].input[..<end], as: UTF8.self)
            }
            if clients[index].input.count > Self.longestLine { return .some(nil) }
        }
    }
}
