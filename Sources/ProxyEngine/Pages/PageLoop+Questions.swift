internal import CLinux
internal import Glibc
internal import ProxyPages
internal import ProxyStatistics

/// A question to whoever has the statistics, as on a stats socket of its own.
struct PageQuestion {
    let descriptor: CInt
    let client: CInt
    var words: [UInt8]
    var sent = 0
    var answer: [UInt8] = []
    let deadline: UInt64

    var events: Int16 { sent < words.count ? Int16(POLLOUT) : Int16(POLLIN) }
}

extension PageLoop {
    /// Milliseconds that an answer may take.
    private static let answerTime: UInt64 = 30000

    /// Asks what the client's request needs, now or when others are done.
    mutating func wait(_ client: CInt) {
        clients[client]?.stage = .asking
        clients[client]?.deadline = .max
        waiting.append(client)
        startWaiting()
    }

    mutating func startWaiting() {
        while let client = waiting.first, questions.count < Self.mostQuestions, writers < Self.mostWriters {
            waiting.removeFirst()
            guard let words = words(for: client) else {
                finishOrders(client, PageOrders.Result.wrong)
                continue
            }
            ask(words, for: client)
        }
    }

    /// Reports that are being written.
    var writers: Int { clients.values.count { $0.writer != nil } }

    private func words(for client: CInt) -> String? {
        if let orders = clients[client]?.orders { return orders.question }
        return clients[client]?.report?.question
    }

    private mutating func ask(_ words: String, for client: CInt) {
        var pair: [CInt] = [-1, -1]
        let type = CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue) | CInt(SOCK_NONBLOCK.rawValue)
        guard line >= 0, socketpair(AF_UNIX, type, 0, &pair) == 0 else { return refuseService(client) }
        let isSent = clinux_send_descriptors(line, [pair[1]], 1) > 0
        close(pair[1])
        guard isSent else {
            close(pair[0])
            return refuseService(client)
        }
        questions.append(
            PageQuestion(
                descriptor: pair[0],
                client: client,
                words: Array((words + "\n").utf8),
                deadline: Clock.monotonic() + Self.answerTime
            )
        )
        goOn(question: pair[0])
    }

    mutating func goOn(question descriptor: CInt) {
        guard let index = questions.firstIndex(where: { $0.descriptor == descriptor }) else { return }
        while questions[index].sent < questions[index].words.count {
            let start = questions[index].sent
            let count = questions[index].words.withUnsafeBytes {
                send(descriptor, $0.baseAddress?.advanced(by: start), $0.count - start, CInt(MSG_NOSIGNAL))
            }
            if count < 0, errno == EINTR { continue }
            if count < 0, errno == EAGAIN { return }
            guard count > 0 else { return fail(questions[index]) }
            questions[index].sent += count
        }
        var chunk = [UInt8](repeating: 0, count: 65536)
        for _ in 0..<64 {
            let count = chunk.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
            if count < 0, errno == EINTR { continue }
            if count < 0, errno == EAGAIN { return }
            guard count >= 0 else { return fail(questions[index]) }
            if count == 0 { return take(index) }
            questions[index].answer += chunk.prefix(count)
        }
    }

    /// The answer is whole.
    private mutating func take(_ index: Int) {
        let question = questions.remove(at: index)
        close(question.descriptor)
        defer { startWaiting() }
        guard let client = clients[question.client] else { return }
        if let orders = client.orders {
            if let asked = client.asked {
                return finishOrders(question.client, orders.result(question.answer, asked: asked))
            }
            let (line, result) = orders.commands(StatisticsTable(question.answer))
            guard let line else { return finishOrders(question.client, result) }
            clients[question.client]?.asked = line.split(separator: ";").count
            return ask(line, for: question.client)
        }
        guard let report = client.report else { return }
        clients[question.client]?.keepsAlive = report.keepsAlive && client.mayStay
        clients[question.client]?.output = report.head
        clients[question.client]?.sent = 0
        clients[question.client]?.writer = report.writer(question.answer, description: client.pages.description)
        startWriting(question.client)
    }

    mutating func fail(_ question: PageQuestion) {
        close(question.descriptor)
        questions.removeAll { $0.descriptor == question.descriptor }
        refuseService(question.client)
        startWaiting()
    }

    private mutating func finishOrders(_ client: CInt, _ result: PageOrders.Result) {
        guard let orders = clients[client]?.orders else { return }
        begin(orders.answer(result), client)
    }

    /// Nobody tells what is counted.
    private mutating func refuseService(_ descriptor: CInt) {
        guard let client = clients[descriptor], let request = client.request else { return }
        clients[descriptor]?.report = nil
        clients[descriptor]?.orders = nil
        begin(service(client).unavailable(request), descriptor)
    }
}
