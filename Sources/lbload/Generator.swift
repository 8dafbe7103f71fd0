import CLinux
import Glibc

/// The clients: one thread that keeps a number of connections busy.
struct Generator: ~Copyable {
    struct Client {
        var descriptor: CInt = -1
        var isConnected = false
        /// Bytes of the answer so far.
        var received = 0
        /// When the request was sent, or the connection begun.
        var begun: UInt64 = 0
    }

    private static let bufferSize = 1 << 20

    private let load: Load
    private let options: Options
    private let epoll: CInt
    private let clients: UnsafeMutablePointer<Client>
    private let request: UnsafeMutablePointer<UInt8>
    private let buffer: UnsafeMutablePointer<UInt8>
    private let events: UnsafeMutablePointer<clinux_event>
    private var tally = Tally()
    private var nextSource: UInt32 = 0
    private var isOver = false

    init(_ load: Load, _ options: Options) throws {
        self.load = load
        self.options = options
        epoll = clinux_epoll_create()
        clients = .allocate(capacity: options.connections)
        clients.initialize(repeating: Client(), count: options.connections)
        request = .allocate(capacity: Load.requestSize)
        request.initialize(repeating: load.firstByte, count: Load.requestSize)
        buffer = .allocate(capacity: Self.bufferSize)
        events = .allocate(capacity: Int(CLINUX_EVENT_BATCH))
    }

    deinit {
        clients.deallocate()
        request.deallocate()
        buffer.deallocate()
        events.deallocate()
    }

    /// The line to print.
    mutating func run() throws -> String {
        let start = nanoseconds()
        let from = start + UInt64(options.warmUp * 1e9)
        let until = from + UInt64(options.seconds * 1e9)
        if load == .idle { return try hold(until) }
        for index in 0..<options.connections { begin(index) }
        var now = start
        while now < until {
            let count = clinux_epoll_wait(epoll, events, 10)
            now = nanoseconds()
            tally.isMeasured = now >= from && now < until
            for index in 0..<Int(max(count, 0)) { handle(events[index], now) }
        }
        return tally.line(seconds: options.seconds, wholeSeconds: Double(now - start) / 1e9)
    }

    /// Opens connection after connection, each with one request answered, until all are there.
    private mutating func hold(_ until: UInt64) throws -> String {
        var opened = 0
        var now = nanoseconds()
        while tally.whole < options.connections, now < until, tally.errors == 0 {
            // No more at a time than listen queues hold.
            while opened < options.connections, opened - tally.whole < 128 {
                begin(opened)
                opened += 1
            }
            let count = clinux_epoll_wait(epoll, events, 10)
            now = nanoseconds()
            for index in 0..<Int(max(count, 0)) { handle(events[index], now) }
        }
        let line = tally.line(seconds: 0, wholeSeconds: 0) + "\n"
        write(STDOUT_FILENO, line, line.utf8.count)
        while read(STDIN_FILENO, buffer, 1) > 0 {}
        return ""
    }

    private mutating func begin(_ index: Int) {
        let source = options.source == 0 ? 0 : options.source + nextSource
        nextSource = (nextSource + 1) % options.sources
        let descriptor = options.target.connect(from: source)
        clients[index] = Client(descriptor: descriptor, begun: nanoseconds())
        guard descriptor >= 0, clinux_epoll_add_edge(epoll, descriptor, UInt64(index)) == 0 else {
            tally.fail(errno)
            return
        }
    }

    private mutating func handle(_ event: clinux_event, _ now: UInt64) {
        let index = Int(event.tag)
        if !clients[index].isConnected {
            if event.events & UInt32(CLINUX_EPOLL_ERR) != 0 {
                return failed(index, clinux_socket_error(clients[index].descriptor))
            }
            guard event.events & UInt32(CLINUX_EPOLL_OUT) != 0 else { return }
            clients[index].isConnected = true
            return ask(index)
        }
        if event.events & UInt32(CLINUX_EPOLL_IN | CLINUX_EPOLL_RDHUP | CLINUX_EPOLL_ERR | CLINUX_EPOLL_HUP) != 0 {
            take(index, now)
        }
    }

    private mutating func ask(_ index: Int) {
        if load == .keepalive { clients[index].begun = nanoseconds() }
        if send(clients[index].descriptor, request, Load.requestSize, 0) < Load.requestSize { failed(index, errno) }
    }

    private mutating func take(_ index: Int, _ now: UInt64) {
        let descriptor = clients[index].descriptor
        for _ in 0..<16 {
            // Bulk is thrown away by the kernel: what is measured is the way, not its end.
            let flags = load == .bulk ? CInt(MSG_TRUNC) : 0
            let size = load == .bulk ? Self.bufferSize : 4096
            let count = recv(descriptor, buffer, size, flags)
            if count < 0 {
                if errno == EAGAIN { return }
                if errno == EINTR { continue }
                return failed(index, errno)
            }
            if count == 0 { return ended(index, now) }
            clients[index].received += count
            switch load {
            case .bulk: tally.bytes(count)
            case .short:
                // The end follows.
                continue
            case .keepalive, .idle:
                guard clients[index].received >= Load.answerSize else { continue }
                clients[index].received = 0
                tally.unit(now - clients[index].begun)
                if load == .keepalive { ask(index) }
                return
            }
        }
        if load == .bulk { requeue(index) }
    }

    /// There may be more, and no edge for it: a new one is had by adding it again.
    private func requeue(_ index: Int) {
        _ = clinux_epoll_remove(epoll, clients[index].descriptor)
        _ = clinux_epoll_add_edge(epoll, clients[index].descriptor, UInt64(index))
    }

    private mutating func ended(_ index: Int, _ now: UInt64) {
        guard load == .short, clients[index].received == Load.answerSize else { return failed(index, EPIPE) }
        tally.unit(now - clients[index].begun)
        close(clients[index].descriptor)
        begin(index)
    }

    private mutating func failed(_ index: Int, _ code: CInt) {
        tally.fail(code)
        close(clients[index].descriptor)
        if load == .idle { return }
        // A server that refuses is not to be asked a million times.
        if tally.errors > 1000 { usleep(1000) }
        begin(index)
    }
}
