internal import Addresses
internal import Glibc
internal import Syscalls

/// A question to one server by UDP, and its answer.
enum UDPExchange {
    struct Question {
        var server: Endpoint
        /// Made when it is sent: what it holds may be the time.
        var bytes: () -> [UInt8]
        /// Whether a datagram answers it; others are dropped.
        var isAnswer: ([UInt8]) -> Bool
    }

    struct Answer {
        var bytes: [UInt8]
        /// When the question went out and the answer came in: seconds since 1970.
        var sent: Double
        var received: Double
    }

    /// Asks everybody at the same time, twice where the first question stays without an answer.
    ///
    /// - Parameter milliseconds: How long in all.
    static func ask(_ questions: [Question], milliseconds: Int) -> [Result<Answer, SystemError>] {
        var results: [Result<Answer, SystemError>?] = questions.map { _ in nil }
        var sockets: [CInt] = []
        var sent: [Double] = []
        for question in questions {
            do throws(SystemError) {
                sockets.append(try SocketConnection.open(question.server, SOCK_DGRAM).release())
            } catch {
                results[sockets.count] = .failure(error)
                sockets.append(-1)
            }
            sent.append(0)
        }
        defer { for socket in sockets where socket >= 0 { close(socket) } }
        let begin = ContinuousClock.now
        for round in 1...2 {
            for index in questions.indices where results[index] == nil {
                sent[index] = now()
                let bytes = questions[index].bytes()
                if send(sockets[index], bytes, bytes.count, CInt(MSG_NOSIGNAL)) < 0 {
                    results[index] = .failure(SystemError(code: errno, operation: "ask \(questions[index].server)"))
                }
            }
            let deadline = begin + .milliseconds(milliseconds * round / 2)
            while results.contains(where: { $0 == nil }), ContinuousClock.now < deadline {
                listen(questions, sockets, sent, &results, until: deadline)
            }
        }
        return zip(results, questions).map { result, question in
            result ?? .failure(SystemError(code: ETIMEDOUT, operation: "wait for \(question.server)"))
        }
    }

    /// Why nobody answered.
    static func words(_ error: SystemError) -> String {
        switch error.code {
        case ETIMEDOUT: "no answer"
        case ECONNREFUSED: "nobody listens there"
        default: "\(error)"
        }
    }

    private static func listen(
        _ questions: [Question],
        _ sockets: [CInt],
        _ sent: [Double],
        _ results: inout [Result<Answer, SystemError>?],
        until deadline: ContinuousClock.Instant
    ) {
        let open = questions.indices.filter { results[$0] == nil }
        var waits = open.map { pollfd(fd: sockets[$0], events: Int16(POLLIN), revents: 0) }
        let left = (deadline - .now).components
        let milliseconds = CInt(left.seconds) * 1000 + CInt(left.attoseconds / 1_000_000_000_000_000) + 1
        guard poll(&waits, nfds_t(waits.count), max(0, milliseconds)) > 0 else { return }
        for (index, wait) in zip(open, waits) where wait.revents != 0 {
            var buffer = [UInt8](repeating: 0, count: 4096)
            let count = recv(sockets[index], &buffer, buffer.count, 0)
            let received = now()
            if count < 0 {
                // ICMP told that nobody is there.
                if errno != EAGAIN, errno != EINTR {
                    results[index] = .failure(SystemError(code: errno, operation: "ask \(questions[index].server)"))
                }
                continue
            }
            let bytes = Array(buffer.prefix(count))
            if questions[index].isAnswer(bytes) {
                results[index] = .success(Answer(bytes: bytes, sent: sent[index], received: received))
            }
        }
    }

    /// Seconds since 1970.
    static func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
