internal import CLinux
internal import Glibc
internal import Syscalls

/// Who speaks to the master socket: each may say one line and gets one answer. Nobody is waited for: a client that says
/// nothing, or does not read its answer, holds up neither the master nor other clients.
struct CommandClients: ~Copyable {
    private struct Client {
        var descriptor: CInt
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

    private let listener: CInt
    private var clients: [Client] = []
    /// No accept before: descriptors have run out, and the listener would wake us without end.
    private var pausedUntil: UInt64 = 0

    /// - Parameter listener: -1 if there is no master socket.
    init(_ listener: consuming FileDescriptor?) {
        self.listener = listener.take()?.release() ?? -1
        if self.listener >= 0 { _ = clinux_set_nonblocking(self.listener) }
    }

    deinit {
        for client in clients { close(client.descriptor) }
        if listener >= 0 { close(listener) }
    }

    /// What to wait for; ``turn(_:now:answer:)`` gets it back with the results.
    func waits(now: UInt64) -> [pollfd] {
        let isOpen = clients.count < Self.most && now >= pausedUntil
        return [pollfd(fd: isOpen ? listener : -1, events: Int16(POLLIN), revents: 0)]
            + clients.map { pollfd(fd: $0.descriptor, events: Int16($0.isAnswered ? POLLOUT : POLLIN), revents: 0) }
    }

    /// Milliseconds until somebody's patience ends; -1 for never.
    func timeLeft(now: UInt64) -> CInt {
        let resume = pausedUntil > now ? [pausedUntil] : []
        guard let next = (clients.map { $0.deadline } + resume).min() else { return -1 }
        return next <= now ? 0 : CInt(clamping: next - now)
    }

    /// - Parameter answer: What to say to a line.
    mutating func turn(_ waits: ArraySlice<pollfd>, now: UInt64, answer: (String) -> String) {
        var ended: [CInt] = []
        for (index, wait) in waits.dropFirst().enumerated() {
            if wait.revents != 0 {
                if goOn(index, now, answer) { ended.append(clients[index].descriptor) }
            } else if clients[index].deadline <= now {
                ended.append(clients[index].descriptor)
            }
        }
        for descriptor in ended { close(descriptor) }
        clients.removeAll { ended.contains($0.descriptor) }
        if let first = waits.first, first.revents != 0 { acceptAll(now) }
    }

    private mutating func acceptAll(_ now: UInt64) {
        var peer = clinux_peer()
        while clients.count < Self.most {
            let descriptor = clinux_accept(listener, &peer)
            if descriptor < 0 {
                if errno != EAGAIN, errno != EINTR, errno != ECONNABORTED { pausedUntil = now + 100 }
                return
            }
            clients.append(Client(descriptor: descriptor, deadline: now + Self.patience))
        }
    }

    /// Reads or writes what is possible; true when the client is done with.
    private mutating func goOn(_ index: Int, _ now: UInt64, _ answer: (String) -> String) -> Bool {
        if !clients[index].isAnswered {
            guard let line = line(of: index, now) else { return false }
            guard let line else { return true }
            clients[index].output = Array(answer(line).utf8)
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
