import CLinux
import Files
import Glibc
import RuntimeAPI
import Syscalls

/// The control socket: lines of JSON from root, each answered by one line, none of which can hold up the service.
///
/// Whoever is slow, silent, too many or too long is cut off; nothing is read from a client that does not read.
final class ControlServer {
    /// Under the root.
    static let path = "/run/appliance-net/control.sock"
    static let mostClients = 16
    static let longestLine = 4096
    static let mostPending = 1 << 18
    /// Time from one request to the next, or to the end of an answer.
    static let patience = Duration.seconds(10)
    /// Time to an answer: a try may hold everybody up for longer.
    static let longestWait = Duration.seconds(120)

    private struct Client {
        var descriptor: CInt
        var input: [UInt8] = []
        var output: [UInt8] = []
        /// A request of its is being worked on.
        var isWaiting = false
        /// Gone when its output is.
        var isClosing = false
        var deadline: Duration
        /// What epoll was asked for.
        var interest = UInt32(CLINUX_EPOLL_IN)
    }

    private let path: String
    private let listener: FileDescriptor
    private let epoll: CInt
    private let firstTag: Int
    private let partCommands: Set<String>
    private var clients: [Int: Client] = [:]
    private var nextTag: Int

    /// - Parameters:
    ///   - epoll: Gets the listener as `listenerTag` and the clients as `firstTag` and up.
    ///   - partCommands: What the parts of the service understand.
    init(
        _ path: String,
        epoll: CInt,
        listenerTag: Int,
        firstTag: Int,
        partCommands: Set<String> = []
    ) throws(SystemError) {
        self.path = path
        self.epoll = epoll
        self.firstTag = firstTag
        nextTag = firstTag
        self.partCommands = partCommands
        try AtomicFile.makeDirectory(AtomicFile.directory(of: path))
        listener = try UnixSocket.listen(path, mode: 0o600)
        let raw = listener.raw
        let flags = CInt(O_NONBLOCK)
        try syscall("listen on \(path)") { fcntl(raw, F_SETFL, flags) }
        try syscall("watch \(path)") {
            clinux_epoll_add(epoll, raw, UInt32(CLINUX_EPOLL_IN), UInt64(listenerTag))
        }
    }

    deinit {
        for client in clients.values { close(client.descriptor) }
        unlink(path)
    }

    /// When ``expire(_:)`` has something to do; nil without clients.
    var deadline: Duration? { clients.values.map { $0.deadline }.min() }

    func accept(_ now: Duration) {
        var peer = clinux_peer()
        while true {
            let descriptor = clinux_accept(listener.raw, &peer)
            // What cannot be accepted is the client's loss; the listener stays readable if there is more.
            if descriptor < 0 { return }
            guard clients.count < Self.mostClients, Self.isRoot(descriptor) else {
                close(descriptor)
                continue
            }
            let tag = nextTag
            nextTag += 1
            guard clinux_epoll_add(epoll, descriptor, UInt32(CLINUX_EPOLL_IN), UInt64(tag)) == 0 else {
                close(descriptor)
                continue
            }
            clients[tag] = Client(descriptor: descriptor, deadline: now + Self.patience)
        }
    }

    /// SO_PEERCRED: the mode of the socket's file keeps others out already, unless somebody changes it.
    private static func isRoot(_ descriptor: CInt) -> Bool { clinux_peer_user(descriptor) == Int64(geteuid()) }

    /// Reads and writes what can be; gives the requests that came, at most one.
    func serve(_ tag: Int, _ now: Duration) -> ControlRequest? {
        guard var client = clients[tag] else { return nil }
        defer { store(client, tag) }
        guard flush(&client) else { return nil }
        if client.output.isEmpty, !client.isWaiting, !client.isClosing {
            var chunk = [UInt8](repeating: 0, count: Self.longestLine)
            let count = recv(client.descriptor, &chunk, chunk.count, CInt(MSG_DONTWAIT))
            if count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR) {
                drop(&client)
                return nil
            }
            client.input += chunk.prefix(max(0, count))
        }
        return nextRequest(&client, now)
    }

    /// Takes the answer to a client's request; gives the request that it has sent meanwhile.
    func answer(_ tag: Int, _ line: String, _ now: Duration) -> ControlRequest? {
        guard var client = clients[tag] else { return nil }
        defer { store(client, tag) }
        client.isWaiting = false
        client.deadline = now + Self.patience
        client.output += Array((line + "\n").utf8)
        guard flush(&client) else { return nil }
        return nextRequest(&client, now)
    }

    /// Cuts off who is too slow, and tells who has waited too long for an answer that there is none.
    func expire(_ now: Duration) {
        for (tag, client) in clients where client.deadline <= now {
            var client = client
            if client.isWaiting {
                client.isWaiting = false
                client.deadline = now + Self.patience
                refuse(&client, "another command is changing the network; ask again later", isFatal: true)
            } else {
                drop(&client)
            }
            store(client, tag)
        }
    }

    private func nextRequest(_ client: inout Client, _ now: Duration) -> ControlRequest? {
        while client.descriptor >= 0, !client.isWaiting, !client.isClosing, client.output.isEmpty {
            guard let end = client.input.firstIndex(of: UInt8(ascii: "\n")) else {
                if client.input.count > Self.longestLine { refuse(&client, "the line is too long", isFatal: true) }
                return nil
            }
            let line = String(decoding: client.input[..<end], as: UTF8.self)
            client.input.removeFirst(end + 1)
            do throws(ControlError) {
                let request = try ControlRequest(line: line, partCommands: partCommands)
                client.isWaiting = true
                client.deadline = now + Self.longestWait
                return request
            } catch {
                refuse(&client, error.message, isFatal: false)
            }
        }
        return nil
    }

    private func refuse(_ client: inout Client, _ reason: String, isFatal: Bool) {
        client.output += Array((ControlAnswer.refused(reason).line(now: .zero, unixTime: 0) + "\n").utf8)
        client.isClosing = isFatal
        _ = flush(&client)
    }

    /// False if the client is gone.
    private func flush(_ client: inout Client) -> Bool {
        while !client.output.isEmpty {
            let flags = CInt(MSG_NOSIGNAL) | CInt(MSG_DONTWAIT)
            let count = send(client.descriptor, client.output, client.output.count, flags)
            if count < 0, errno == EINTR { continue }
            if count < 0, errno == EAGAIN, client.output.count <= Self.mostPending { return true }
            if count < 0 {
                drop(&client)
                return false
            }
            client.output.removeFirst(count)
        }
        if client.isClosing { drop(&client) }
        return client.descriptor >= 0
    }

    private func drop(_ client: inout Client) {
        if client.descriptor >= 0 { close(client.descriptor) }
        client.descriptor = -1
    }

    private func store(_ client: Client, _ tag: Int) {
        guard client.descriptor >= 0 else {
            clients[tag] = nil
            return
        }
        var client = client
        // While a request is worked on, what else it sends waits in the kernel, and so does the news of its end.
        let wanted: UInt32 =
            !client.output.isEmpty ? UInt32(CLINUX_EPOLL_OUT) : client.isWaiting ? 0 : UInt32(CLINUX_EPOLL_IN)
        if wanted != client.interest {
            if client.interest != 0 { clinux_epoll_remove(epoll, client.descriptor) }
            if wanted != 0 { clinux_epoll_add(epoll, client.descriptor, wanted, UInt64(tag)) }
            client.interest = wanted
        }
        clients[tag] = client
    }
}
