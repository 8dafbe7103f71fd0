import Glibc
import Synchronization
import TestSupport
import Testing

/// What `option log-health-checks` tells of agents that say one thing after the other, or nothing, beside the real HAProxy.
@Suite(.blocking) struct AgentLogTests {
    private enum Answer: Sendable {
        case say(String)
        /// Ends once the question is there.
        case end
        case hold
    }

    /// Gives one answer to each connection; at the end the server is down for good.
    private final class Agent: Sendable {
        private let taken: Counter
        private let count: Int
        let server: TestServer

        private final class Counter: Sendable {
            let value = Mutex(0)
        }

        init(_ answers: [Answer], hears: Bool) throws {
            let taken = Counter()
            self.taken = taken
            count = answers.count
            server = try TestServer { connection in
                let place = taken.value.withLock { count in
                    count += 1
                    return count - 1
                }
                if hears, try connection.receive().isEmpty { return }
                switch place < answers.count ? answers[place] : .say("down") {
                case .say(let words): try connection.send(words + "\n")
                case .end: return
                case .hold: break
                }
                _ = try? connection.receiveAll()
            }
        }

        /// The last answer has been taken in: it is asked for again.
        var hasToldAll: Bool { taken.value.withLock { $0 } > count + 1 }
    }

    private static let scripts: [(name: String, answers: [Answer])] = [
        ("words", [.say("up"), .say("up"), .say("down#broken"), .say("down#broken"), .say("up"), .say("50%")]),
        ("empty", [.say("up"), .end, .end, .say("up"), .end]),
        ("first", [.end, .say("up")]),
        ("nonsense", [.say("nonsense"), .say("up"), .say("nonsense"), .say("down"), .say("nonsense")]),
        ("standing", [.say("maint"), .say("ready"), .say("drain"), .say("ready up"), .end]),
        ("silent", [.hold, .say("up"), .hold]),
        ("stopped", [.say("stopped#for good"), .say("fail#hard"), .say("up"), .end, .say("fail")]),
    ]

    @Test(arguments: [false, true]) func sequencesAreToldAsByHAProxy(hears: Bool) throws {
        try withDaemonRoom { directory in
            var agents: [Agent] = []
            func lines() throws -> String {
                try Self.scripts.map { script in
                    let agent = try Agent(script.answers, hears: hears)
                    agents.append(agent)
                    // Who is silent is waited for; the others are not pressed.
                    let isSilent = script.name == "silent"
                    let interval = isSilent ? "3s" : "200ms"
                    return """
                        backend \(script.name)
                          option log-health-checks
                          \(isSilent ? "" : "timeout check 60s")
                          server s 127.0.0.1:9 agent-check agent-port \(agent.server.port) agent-inter \(interval)\
                        \(hears ? " agent-send hello\\n" : "")

                        """
                }.joined()
            }
            let bodies = try BothProxies.hosts.map { try "listen l\n  bind 127.0.0.\($0):80\n" + lines() }
            let both = try BothProxies(in: directory, ports: [80]) { bodies[Int($0) - 1] }
            let isToldAll = eventually { agents.allSatisfy { $0.hasToldAll } }
            try #require(isToldAll)
            for script in Self.scripts {
                func lines(_ host: UInt8) -> [String] {
                    both.serverLines(host).filter { $0.contains(" \(script.name)/s ") }
                }
                // The last of them may be on its way.
                _ = eventually(seconds: 10) { lines(1).last == lines(2).last }
                let told = BothProxies.hosts.map { lines($0) }
                for (own, other) in zip(told[0], told[1]) { #expect(own == other) }
                #expect(told[0].count == told[1].count)
                #expect(told[0].count > 1, "\(script.name)")
            }
        }
    }
}
