import Synchronization
import TestSupport
import Testing

/// Agents of servers, one for each proxy, that say what they are told to say.
final class ScriptedAgent: Sendable {
    private final class State: Sendable {
        let word: Mutex<String>
        /// Answers given since the word was changed.
        let answers = Atomic(0)

        init(_ word: String) { self.word = Mutex(word) }
    }

    private let states: [State]
    private let servers: [TestServer]

    /// - Parameter question: What `agent-send` says, without its newline; the agent waits for it.
    init(_ word: String, question: String? = nil) throws {
        let states = [State(word), State(word)]
        self.states = states
        servers = try states.map { state in
            try TestServer { connection in
                if let question {
                    var heard = ""
                    while !heard.contains("\n") {
                        let bytes = try connection.receive()
                        if bytes.isEmpty { return }
                        heard += String(decoding: bytes, as: UTF8.self)
                    }
                    if heard != question + "\n" { return }
                }
                let (word, count) = state.word.withLock { ($0, state.answers.load(ordering: .relaxed)) }
                try connection.send(word + "\n")
                // The next question comes when this answer has been taken in.
                _ = try? connection.receiveAll()
                state.word.withLock { now in
                    if now == word { state.answers.store(count + 1, ordering: .relaxed) }
                }
            }
        }
    }

    /// The agent of the proxy on 127.0.0.`host`.
    func port(_ host: UInt8) -> UInt16 { servers[Int(host) - 1].port }

    /// Says something else from now on; when this returns, both proxies have taken it in from every server that asks.
    func say(_ word: String, servers count: Int = 1) throws {
        for state in states {
            state.word.withLock {
                $0 = word
                state.answers.store(0, ordering: .relaxed)
            }
        }
        for state in states { try #require(eventually { state.answers.load(ordering: .relaxed) > 2 * count }) }
    }
}
