internal import CLinux
internal import Glibc
internal import ProxyPages

extension PageLoop {
    /// Reads and writes what is possible: once, or as much as one request asks for, so that all have their turns.
    mutating func goOn(_ descriptor: CInt) {
        switch clients[descriptor]?.stage {
        case .reading: read(descriptor)
        case .writing: write(descriptor)
        case .lingering: passOver(descriptor)
        // It has gone, or its other end has; who waits for an answer is told when it comes.
        case .asking, .delayed: drop(descriptor)
        case nil: break
        }
    }

    private mutating func read(_ descriptor: CInt) {
        if clients[descriptor]?.hasMore == true { return decide(descriptor) }
        var chunk = [UInt8](repeating: 0, count: 16384)
        let count = chunk.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
        if count < 0, errno == EAGAIN || errno == EINTR { return }
        guard count > 0 else { return end(descriptor) }
        clients[descriptor]?.bytesIn += count
        clients[descriptor]?.reader.take(chunk.prefix(count))
        decide(descriptor)
    }

    /// The client has ended its side, or has gone.
    private mutating func end(_ descriptor: CInt) {
        guard let client = clients[descriptor] else { return }
        if client.requests > 0, client.reader.isEmpty { return drop(descriptor) }
        refuse(descriptor, 400, "CR--", isHeard: false)
    }

    /// Takes a request out of what came, if it is whole.
    private mutating func decide(_ descriptor: CInt) {
        guard var client = clients[descriptor] else { return }
        let now = Clock.monotonic()
        if client.begunAt == nil, !client.reader.isEmpty {
            client.begunAt = now
            if client.requests > 0 {
                client.requestedAt = Clock.wall()
                client.deadline = client.pages.requestTimeout.map { now + $0 } ?? .max
            }
        }
        client.hasMore = false
        clients[descriptor] = client
        let outcome = clients[descriptor]?.reader.next() ?? .incomplete
        let fault = clients[descriptor]?.reader.fault
        if let fault { keep(fault, of: client) }
        switch outcome {
        case .incomplete: return
        case .malformed: refuse(descriptor, fault?.status ?? 400, "PR--")
        case .request(let request): answer(request, descriptor, now)
        }
    }

    private mutating func answer(_ request: HTTPRequest, _ descriptor: CInt, _ now: UInt64) {
        guard let client = clients[descriptor] else { return }
        clients[descriptor]?.request = request
        clients[descriptor]?.readAt = now
        clients[descriptor]?.requests += 1
        switch service(client).decide(request) {
        case .answer(let answer): begin(answer, descriptor)
        case .drop(let note):
            clients[descriptor]?.note = note
            clients[descriptor]?.status = -1
            finish(descriptor)
            drop(descriptor)
        case .report(let report):
            clients[descriptor]?.report = report
            clients[descriptor]?.note = report.note
            clients[descriptor]?.status = 200
            wait(descriptor)
        case .orders(let orders):
            if let result = orders.early { return begin(orders.answer(result), descriptor) }
            clients[descriptor]?.orders = orders
            wait(descriptor)
        }
    }

    /// For `show errors`.
    private func keep(_ fault: HTTPFault, of client: PageClient) {
        let event = clinux_atomic_add(&cells.pointee.faults, 1)
        client.pages.counters.keep(PageFault(event: event, at: Clock.wall(), source: client.source, fault: fault))
    }

    func service(_ client: PageClient) -> PageService<EngineFacts> {
        let facts = EngineFacts(source: client.source, destination: client.destination, plan: plan)
        return PageService(client.pages.settings, name: client.frontend.name, facts: facts)
    }

    /// To what is no request.
    mutating func refuse(_ descriptor: CInt, _ status: Int, _ ending: String, isHeard: Bool = true) {
        guard let client = clients[descriptor] else { return }
        var answer = service(client).refusal(status, ending: ending)
        if !isHeard { answer.bytes = [] }
        clients[descriptor]?.request = nil
        let isSilent = client.pages.omitsNullLogs && client.bytesIn == 0
        if isSilent { answer.note = nil }
        begin(answer, descriptor)
        if isSilent, answer.bytes.isEmpty { drop(descriptor) }
    }

    mutating func begin(_ answer: PageAnswer, _ descriptor: CInt) {
        clients[descriptor]?.output = answer.bytes
        clients[descriptor]?.sent = 0
        clients[descriptor]?.note = answer.note
        clients[descriptor]?.status = answer.status
        let mayStay = clients[descriptor]?.mayStay ?? false
        clients[descriptor]?.keepsAlive = answer.keepsAlive && mayStay
        if let delay = answer.delay {
            clients[descriptor]?.stage = .delayed
            clients[descriptor]?.deadline = Clock.monotonic() + UInt64(delay)
            return
        }
        startWriting(descriptor)
    }

    mutating func startWriting(_ descriptor: CInt) {
        guard let client = clients[descriptor] else { return }
        let now = Clock.monotonic()
        clients[descriptor]?.stage = .writing
        clients[descriptor]?.progressAt = now
        clients[descriptor]?.deadline = now + (client.pages.clientTimeout ?? Self.patience)
        write(descriptor)
    }

    private mutating func write(_ descriptor: CInt) {
        while let client = clients[descriptor], client.stage == .writing {
            if client.sent == client.output.count {
                guard refill(descriptor) else { return done(descriptor) }
                continue
            }
            let count = client.output.withUnsafeBytes {
                send(descriptor, $0.baseAddress?.advanced(by: client.sent), $0.count - client.sent, CInt(MSG_NOSIGNAL))
            }
            if count < 0, errno == EINTR { continue }
            if count < 0, errno == EAGAIN { return }
            guard count > 0 else {
                clients[descriptor]?.note?.ending = "CL--"
                finish(descriptor)
                return drop(descriptor)
            }
            clients[descriptor]?.sent += count
            clients[descriptor]?.bytesOut += count
            let now = Clock.monotonic()
            clients[descriptor]?.progressAt = now
            clients[descriptor]?.deadline = now + (client.pages.clientTimeout ?? Self.patience)
            // Others are served between two parts of a long answer.
            if client.writer != nil, client.sent + count == client.output.count { return }
        }
    }

    /// Makes more of a report; false when it is all said.
    private mutating func refill(_ descriptor: CInt) -> Bool {
        guard let part = clients[descriptor]?.writer?.next(enough: Self.enough) else {
            clients[descriptor]?.writer = nil
            return false
        }
        clients[descriptor]?.output = part
        clients[descriptor]?.sent = 0
        return true
    }

    /// The answer is out.
    private mutating func done(_ descriptor: CInt) {
        finish(descriptor)
        guard var client = clients[descriptor] else { return }
        guard client.keepsAlive else {
            shutdown(descriptor, CInt(SHUT_WR))
            client.stage = .lingering
            client.deadline = Clock.monotonic() + 1000
            clients[descriptor] = client
            return passOver(descriptor)
        }
        client.stage = .reading
        (client.output, client.sent, client.report, client.orders, client.request) = ([], 0, nil, nil, nil)
        (client.bytesIn, client.bytesOut, client.begunAt) = (0, 0, nil)
        client.idleSince = Clock.monotonic()
        client.requestedAt = Clock.wall()
        client.deadline = client.pages.idleTimeout.map { client.idleSince + $0 } ?? .max
        // The next request may be there already; it is looked at in the next turn.
        client.hasMore = !client.reader.isEmpty
        clients[descriptor] = client
        startWaiting()
    }

    private mutating func passOver(_ descriptor: CInt) {
        var chunk = [UInt8](repeating: 0, count: 16384)
        for _ in 0..<16 {
            let count = chunk.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
            if count < 0, errno == EINTR { continue }
            if count < 0, errno == EAGAIN { return }
            if count <= 0 { return drop(descriptor) }
        }
    }

    mutating func endOverdue(_ now: UInt64) {
        for (descriptor, client) in clients where client.deadline <= now {
            switch client.stage {
            case .reading:
                // Who said nothing after an answer just goes.
                if client.requests > 0, client.reader.isEmpty {
                    drop(descriptor)
                } else {
                    refuse(descriptor, 408, "cR--")
                }
            case .delayed: startWriting(descriptor)
            case .writing:
                clients[descriptor]?.note?.ending = "cL--"
                finish(descriptor)
                drop(descriptor)
            case .asking, .lingering: drop(descriptor)
            }
        }
        for question in questions where question.deadline <= now { fail(question) }
        makeRoom(now)
    }

    /// Where somebody waits for a report and all places are taken, one goes to him whose owner reads nothing.
    private mutating func makeRoom(_ now: UInt64) {
        guard !waiting.isEmpty, writers >= Self.mostWriters else { return }
        let slowest = clients.values.filter { $0.writer != nil }.min { $0.progressAt < $1.progressAt }
        guard let slowest, now >= slowest.progressAt + Self.idleWriter else { return }
        clients[slowest.descriptor]?.note?.ending = "cL--"
        finish(slowest.descriptor)
        drop(slowest.descriptor)
    }
}
