import CLinux
import Glibc
import Syscalls

/// The servers: one thread that answers on all of its addresses.
struct Responder: ~Copyable {
    /// What is known of a connection; its place is that of its descriptor.
    struct Peer {
        /// The first byte of its requests; 0 before the first.
        var load: UInt8 = 0
        /// Of a request that has not arrived whole.
        var received = 0
        var isListener = false
        /// On the list of those that could go on.
        var isQueued = false
    }

    private static let most = 200_000
    /// Bytes of bulk sent at once.
    private static let bulkSize = 1 << 20
    private static let scratchSize = 4096
    /// Sends of one connection before others have their turn.
    private static let rounds = 8

    private let epoll: CInt
    /// What bulk is made of, in memory: sendfile(2) hands its pages on without a copy, so that the servers take as little
    /// as can be of the processors that they share with what is measured.
    private let bulk: CInt
    private let peers: UnsafeMutablePointer<Peer>
    /// A short answer.
    private let answer: UnsafeMutablePointer<UInt8>
    /// What is read.
    private let scratch: UnsafeMutablePointer<UInt8>
    private let events: UnsafeMutablePointer<clinux_event>
    private var queue: [CInt] = []

    /// - Parameter bulk: From ``makeBulk()``.
    init(_ endpoints: [Endpoint], sending bulk: CInt) throws {
        self.bulk = bulk
        epoll = clinux_epoll_create()
        peers = .allocate(capacity: Self.most)
        peers.initialize(repeating: Peer(), count: Self.most)
        answer = .allocate(capacity: Load.answerSize)
        answer.initialize(repeating: UInt8(ascii: "x"), count: Load.answerSize)
        scratch = .allocate(capacity: Self.scratchSize)
        events = .allocate(capacity: Int(CLINUX_EVENT_BATCH))
        for endpoint in endpoints {
            let listener = try endpoint.listen()
            peers[Int(listener)].isListener = true
            try syscall("epoll_ctl") { clinux_epoll_add(epoll, listener, UInt32(CLINUX_EPOLL_IN), UInt64(listener)) }
        }
    }

    /// A file without a name that holds ``bulkSize`` bytes.
    static func makeBulk() throws -> CInt {
        let file = try syscall("memfd_create") { clinux_memory_file("bulk") }
        let text = [UInt8](repeating: UInt8(ascii: "x"), count: bulkSize)
        // Memory takes all that it is given, or fails.
        _ = try syscall("write") { write(file, text, text.count) }
        return file
    }

    deinit {
        peers.deallocate()
        answer.deallocate()
        close(bulk)
        scratch.deallocate()
        events.deallocate()
    }

    mutating func run() throws {
        while true {
            let count = clinux_epoll_wait(epoll, events, queue.isEmpty ? -1 : 0)
            for index in 0..<Int(max(count, 0)) {
                let descriptor = CInt(truncatingIfNeeded: events[index].tag)
                if peers[Int(descriptor)].isListener {
                    accept(descriptor)
                } else {
                    let ends = UInt32(CLINUX_EPOLL_RDHUP | CLINUX_EPOLL_HUP | CLINUX_EPOLL_ERR)
                    serve(descriptor, events[index].events & ends != 0)
                }
            }
            let waiting = queue
            queue.removeAll(keepingCapacity: true)
            for descriptor in waiting where peers[Int(descriptor)].isQueued {
                peers[Int(descriptor)].isQueued = false
                stream(descriptor)
            }
        }
    }

    private func accept(_ listener: CInt) {
        var peer = clinux_peer()
        for _ in 0..<64 {
            let descriptor = clinux_accept(listener, &peer)
            if descriptor < 0 { return }
            guard Int(descriptor) < Self.most else {
                close(descriptor)
                continue
            }
            peers[Int(descriptor)] = Peer()
            if clinux_epoll_add_edge(epoll, descriptor, UInt64(descriptor)) < 0 { close(descriptor) }
        }
    }

    private mutating func serve(_ descriptor: CInt, _ hasEnded: Bool) {
        let place = Int(descriptor)
        while true {
            let count = recv(descriptor, scratch, Self.scratchSize, 0)
            if count == 0 { return end(descriptor) }
            if count < 0 {
                if errno != EAGAIN && errno != EINTR { return end(descriptor) }
                break
            }
            if peers[place].load == 0 { peers[place].load = scratch[0] }
            peers[place].received += count
            // A short read means drained; an end that was announced has no event of its own any more.
            if count < Self.scratchSize, !hasEnded { break }
        }
        answer(descriptor)
    }

    private mutating func answer(_ descriptor: CInt) {
        let place = Int(descriptor)
        if peers[place].load == Load.bulk.firstByte {
            if peers[place].received >= Load.requestSize { stream(descriptor) }
            return
        }
        while peers[place].received >= Load.requestSize {
            peers[place].received -= Load.requestSize
            if send(descriptor, answer, Load.answerSize, 0) < Load.answerSize { return end(descriptor) }
            if peers[place].load == Load.short.firstByte { return end(descriptor) }
        }
    }

    private mutating func stream(_ descriptor: CInt) {
        for _ in 0..<Self.rounds {
            var offset = 0
            let sent = sendfile(descriptor, bulk, &offset, Self.bulkSize)
            if sent < 0 {
                if errno != EAGAIN && errno != EINTR { end(descriptor) }
                return
            }
        }
        if peers[Int(descriptor)].isQueued { return }
        peers[Int(descriptor)].isQueued = true
        queue.append(descriptor)
    }

    private func end(_ descriptor: CInt) {
        peers[Int(descriptor)].isQueued = false
        close(descriptor)
    }
}
