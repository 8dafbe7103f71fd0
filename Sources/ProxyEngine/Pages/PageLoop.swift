internal import Addresses
internal import CLinux
internal import Glibc
internal import ProxyPages

/// What the thread for pages does: few connections at a time, each bounded in bytes and time.
struct PageLoop: ~Copyable {
    /// Connections at a time; more wait in the kernel's queues.
    static let mostClients = 128
    /// Tables that are asked for at the same time.
    static let mostQuestions = 2
    /// Reports that are written at the same time: each has the whole table in memory.
    static let mostWriters = 8
    /// Milliseconds without reading after which one of so many gives way to another.
    static let idleWriter: UInt64 = 2000
    /// Bytes of an answer that wait for the client before more are made.
    static let enough = 65536
    /// How long a client may take to read what it was sent, where `timeout client` does not say; milliseconds.
    static let patience: UInt64 = 60000

    let cells: UnsafeMutablePointer<PageThread.Cells>
    private let wake: CInt
    private let answer: CInt
    let logs: LogCenter
    let shared: UnsafeMutablePointer<ProcessCells>
    let line: CInt
    var plan = Plan(EngineSettings())
    private var listeners: [CInt: PlanFrontend] = [:]
    var clients: [CInt: PageClient] = [:]
    var questions: [PageQuestion] = []
    /// Clients that wait until a report is done, in order.
    var waiting: [CInt] = []
    var number: UInt64 = 0
    /// No accept before: descriptors have run out.
    private var pausedUntil: UInt64 = 0

    init(
        _ cells: UnsafeMutablePointer<PageThread.Cells>,
        _ wake: CInt,
        _ answer: CInt,
        _ logs: LogCenter,
        _ shared: UnsafeMutablePointer<ProcessCells>,
        line: CInt
    ) {
        (self.cells, self.wake, self.answer) = (cells, wake, answer)
        (self.logs, self.shared, self.line) = (logs, shared, line)
    }

    mutating func run() {
        while true {
            let now = Clock.monotonic()
            let open = listeners.filter { now >= pausedUntil && hasRoom($0.value) }.map { $0.key }
            let asked = questions.map { ($0.descriptor, $0.events) }
            var waits = [pollfd(fd: wake, events: Int16(POLLIN), revents: 0)]
            waits += open.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            waits += asked.map { pollfd(fd: $0.0, events: $0.1, revents: 0) }
            waits += clients.map { pollfd(fd: $0.key, events: $0.value.events, revents: 0) }
            poll(&waits, nfds_t(waits.count), wait(now))
            if waits[0].revents != 0, !readMailbox() { break }
            for wait in waits.dropFirst() where wait.revents != 0 || clients[wait.fd]?.hasMore == true {
                if questions.contains(where: { $0.descriptor == wait.fd }) {
                    goOn(question: wait.fd)
                } else if clients[wait.fd] != nil {
                    goOn(wait.fd)
                } else if let frontend = listeners[wait.fd] {
                    accept(wait.fd, frontend)
                }
            }
            endOverdue(Clock.monotonic())
        }
        for descriptor in Array(clients.keys) { drop(descriptor) }
        for question in questions { close(question.descriptor) }
    }

    private func hasRoom(_ frontend: PlanFrontend) -> Bool {
        let limit = frontend.entry.pointee.maxConnections
        return clients.count < Self.mostClients
            && (limit == 0 || clinux_atomic_load(&frontend.cells.cells.pointee.connections) < limit)
    }

    private func wait(_ now: UInt64) -> CInt {
        if clients.values.contains(where: { $0.hasMore }) { return 0 }
        var times = clients.values.map { $0.deadline } + questions.map { $0.deadline }
        if !waiting.isEmpty, writers >= Self.mostWriters { times.append(now + 200) }
        let next = (pausedUntil > now ? times + [pausedUntil] : times).min() ?? .max
        if next == .max { return -1 }
        return next <= now ? 0 : CInt(clamping: next - now)
    }

    /// False: stop.
    private mutating func readMailbox() -> Bool {
        var count: UInt64 = 0
        _ = read(wake, &count, 8)
        if let raw = clinux_atomic_exchange_pointer(&cells.pointee.plan, nil) {
            change(to: Unmanaged<Plan>.fromOpaque(raw).takeRetainedValue())
            var one: UInt64 = 1
            _ = write(answer, &one, 8)
        }
        return clinux_atomic_load(&cells.pointee.isStopping) == 0
    }

    private mutating func change(to plan: Plan) {
        var next: [CInt: PlanFrontend] = [:]
        for frontend in plan.frontends where frontend.pages != nil {
            for listener in frontend.listeners {
                if let socket = plan.descriptors[listener.address] { next[socket] = frontend }
            }
        }
        // Who waits in the queue of one that goes has been told that it is connected.
        for (socket, frontend) in listeners where next[socket] == nil {
            while clients.count < Self.mostClients, accept(socket, frontend) {}
        }
        listeners = next
        self.plan = plan
        let stay = Set(next.values.map { ObjectIdentifier($0) })
        for (descriptor, client) in clients where !stay.contains(ObjectIdentifier(client.frontend)) {
            // One that waits for a next request would wait under what no longer holds.
            if client.stage == .reading, client.reader.isEmpty, client.requests > 0 { drop(descriptor) }
            clients[descriptor]?.keepsAlive = false
            clients[descriptor]?.mayStay = false
        }
    }

    /// False if nobody was there.
    @discardableResult
    private mutating func accept(_ socket: CInt, _ frontend: PlanFrontend) -> Bool {
        guard let pages = frontend.pages else { return false }
        var peer = clinux_peer()
        let descriptor = clinux_accept(socket, &peer)
        if descriptor < 0 {
            if errno != EAGAIN, errno != EINTR, errno != ECONNABORTED { pausedUntil = Clock.monotonic() + 100 }
            return false
        }
        var local = clinux_peer()
        _ = clinux_local_address(descriptor, &local)
        let client = PageClient(
            descriptor: descriptor,
            frontend: frontend,
            pages: pages,
            source: Self.endpoint(peer),
            destination: Self.endpoint(local),
            reader: HTTPReader(isLenient: pages.settings.takesInvalid)
        )
        clients[descriptor] = client
        let count = clinux_atomic_add(&frontend.cells.cells.pointee.connections, 1) &+ 1
        let traffic = frontend.cells.cells.traffic
        traffic.begin(count, at: client.idleSince)
        RateCells.count(&traffic.pointee.connectionRate, now: client.idleSince)
        _ = clinux_atomic_add(&cells.pointee.connections, 1)
        _ = clinux_atomic_add(&shared.pointee.accepted, 1)
        // Its requests are told of, and not the connection.
        _ = clinux_atomic_add(&shared.pointee.requests, .max)
        RateCells.count(&shared.pointee.connectionRate, now: client.idleSince)
        RateCells.count(&shared.pointee.sessionRate, now: client.idleSince)
        clients[descriptor]?.deadline = pages.requestTimeout.map { client.idleSince + $0 } ?? .max
        // Mostly the request is there already.
        goOn(descriptor)
        return true
    }

    private static func endpoint(_ peer: clinux_peer) -> Endpoint? {
        guard peer.family == 4 || peer.family == 6 else { return nil }
        let family: IPAddress.Family = peer.family == 4 ? .v4 : .v6
        return Endpoint(IPAddress(family: family, number: Worker.number(peer)), port: peer.port)
    }

    mutating func drop(_ descriptor: CInt) {
        guard let client = clients.removeValue(forKey: descriptor) else { return }
        close(descriptor)
        for question in questions where question.client == descriptor { close(question.descriptor) }
        questions.removeAll { $0.client == descriptor }
        waiting.removeAll { $0 == descriptor }
        _ = clinux_atomic_subtract(&client.frontend.cells.cells.pointee.connections, 1)
        _ = clinux_atomic_subtract(&cells.pointee.connections, 1)
        startWaiting()
    }
}
