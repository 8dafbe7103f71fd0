import Addresses
import Glibc
import HealthChecks
@testable import ProxyEngine
import Syscalls
import Synchronization
import TestSupport
import Testing

@Suite(.blocking) struct HealthTests {
    // MARK: - Values

    @Test func fifteenThousandServersMakeNoBurst() {
        let starts = CheckSchedule.starts([UInt32](repeating: 2000, count: 15000))
        #expect(starts.first == 0)
        #expect((starts.last ?? 0) < 2000)
        let most = Dictionary(grouping: starts) { $0 / 10 }.values.map { $0.count }.max()
        #expect(most == 75)
    }

    /// HAProxy's `start_checks()`: short intervals neither hurry the others nor wait for them.
    @Test func longIntervalsStartLater() {
        #expect(CheckSchedule.starts([2000, 10000, 500, 2000]) == [0, 2500, 1000, 1500])
        #expect(CheckSchedule.starts([100, 100]) == [0, 50])
        #expect(CheckSchedule.starts([]) == [])
        // `max-spread-checks`
        #expect(CheckSchedule.starts([3_600_000, 3_600_000, 2000, 20], most: 100) == [0, 25, 50, 75])
    }

    @Test func spreadChecksVaryTheInterval() {
        #expect(CheckSchedule.varied(2000, percent: 0, draw: 0.9) == 2000)
        #expect(CheckSchedule.varied(2000, percent: 10, draw: 0) == 1800)
        #expect(CheckSchedule.varied(2000, percent: 10, draw: 0.5) == 2000)
        #expect(CheckSchedule.varied(2000, percent: 90, draw: 0.999) < 3000)
    }

    @Test func whatIsDueComesInOrder() {
        var generator = SeededGenerator()
        print("seed \(generator.seed)")
        var queue = DueQueue()
        let times = (0..<1000).map { _ in UInt64.random(in: 0...500, using: &generator) }
        for (index, time) in times.enumerated() { queue.add(time, UInt64(index)) }
        var taken: [UInt64] = []
        for now in stride(from: UInt64(0), through: 500, by: 50) {
            while let entry = queue.take(now: now) { taken.append(entry.time) }
            #expect(queue.next.map { $0 > now } ?? true)
        }
        #expect(taken == times.sorted())
    }

    @Test func anAgentAloneDecidesOfItsServer() throws {
        var condition = ServerCondition(check: HealthState(rise: 2, fall: 3), agent: HealthState(rise: 1, fall: 1))
        func hear(_ line: String) throws -> [ServerCondition.Change] {
            let reply = try #require(AgentReply(Array(line.utf8)))
            return condition.hear(reply)
                + condition.conclude(CheckResult(reply.status, info: reply.info), of: .agent).changes
        }
        #expect(try hear("down # because\n") == [.down])
        #expect(condition.operation == .stopped)
        // A check that passes does not bring it up again.
        #expect(condition.conclude(CheckResult(.layer4Passed), of: .check).changes == [])
        #expect(try hear("up\n") == [.up])
        #expect(try hear("drain 50%\n") == [.weight(percent: 50)])
        #expect(try hear("ready maxconn:30\n") == [.maxConnections(30)])
        #expect(condition.operation == .running)
        // In maintenance results are counted only, and it begins anew when it leaves that.
        for _ in 0..<3 {
            let result = condition.conclude(CheckResult(.layer4Problem), of: .check, isInMaintenance: true)
            #expect(result.changes == [])
        }
        #expect(condition.check?.isUp == false)
        condition.resume(check: 2, agent: 1, .up)
        #expect(condition.check?.counter == 2)
        #expect(condition.operation == .running)
        // That nobody answers says nothing.
        #expect(condition.conclude(CheckResult(.layer4Problem), of: .agent).changes == [])
        #expect(condition.operation == .running)
    }

    /// What the log is told of each step, and what those inherit that follow.
    @Test func standingsAreToldInSteps() {
        let steps: [(ServerStanding, ServerStanding, ServerCondition.Change?)] = [
            ([], .forcedMaintenance, .entersMaintenance), ([], .inheritedMaintenance, .entersMaintenance),
            (.forcedDrain, .forcedMaintenance, .entersMaintenance),
            (.forcedMaintenance, [], .leavesMaintenance(isForced: true)),
            (.inheritedMaintenance, [], .leavesMaintenance(isForced: false)),
            (.forcedMaintenance, .forcedDrain, .leavesMaintenanceForDrain(isForced: true)),
            (.inheritedMaintenance, .inheritedDrain, .leavesMaintenanceForDrain(isForced: false)),
            ([.forcedMaintenance, .inheritedMaintenance], .inheritedMaintenance, .remainsInInheritedMaintenance),
            ([.forcedMaintenance, .inheritedMaintenance], .forcedMaintenance, .remainsInForcedMaintenance),
            (.forcedMaintenance, [.forcedMaintenance, .inheritedMaintenance], nil),
            ([], .forcedDrain, .entersDrain), (.inheritedDrain, [], .leavesDrain),
            (.inheritedDrain, [.forcedDrain, .inheritedDrain], .remainsInDrain), (.forcedDrain, .forcedDrain, nil),
        ]
        for (before, after, change) in steps { #expect(before.change(to: after) == change) }
        #expect(ServerStanding.forcedDrain.inherited == .inheritedDrain)
        #expect(ServerStanding.inheritedMaintenance.inherited == .inheritedMaintenance)
        #expect(ServerStanding([.forcedDrain, .inheritedMaintenance]).inheriting([]) == .forcedDrain)
    }

    @Test(arguments: [
        ("up\n", true, "via agent : up"), ("DOWN\r\n", false, "via agent : DOWN"),
        ("fail, #  broken disk\n", false, "via agent : fail (broken disk)"),
        ("stopped\n", false, "via agent : stopped"), ("75% up what\n", true, "via agent : up (what)"),
        ("hello\n", nil, "agent reports an error : hello"), ("100%\n", nil, ""), ("\n", nil, ""),
    ]) func agentsAreUnderstood(line: String, isUp: Bool?, info: String) throws {
        let reply = try #require(AgentReply(Array(line.utf8)))
        #expect(reply.isUp == isUp)
        #expect(reply.info == info)
        #expect(AgentReply(Array(line.utf8.dropLast(line.hasSuffix("\r\n") ? 2 : 1))) == nil)
    }

    private static let definitions: [CheckDefinition] = {
        let names = ["redis-check", "ldap-check", "smtpchk", "ssl-hello-chk", "mysql-check"]
        var definitions = names.map { CheckDefinition(.named($0)) }
        definitions.append(CheckDefinition(.named("mysql-check"), arguments: ["user", "bob"]))
        definitions.append(CheckDefinition(.named("pgsql-check"), arguments: ["user", "bob"]))
        definitions.append(CheckDefinition(.http, rules: [["expect", "string", "x"]]))
        definitions.append(CheckDefinition(.agent))
        return definitions
    }()

    private static let parts: [[UInt8]] = [
        Array("HTTP/1.1 200 OK\r\n".utf8), Array("Transfer-Encoding: chunked\r\n".utf8), [13, 10, 13, 10],
        Array("Content-Length: -1\r\n".utf8), [0x30, 0x84, 0xff, 0xff, 0xff, 0xff],
        [0x30, 0x0c, 2, 1, 1, 0x61, 0x80],
        [0xff, 0xff, 0xff, 0], [5, 0, 0, 0, 0xff], Array("220 x\r\n".utf8), Array("fffffff\r\nab".utf8), [0], [10],
    ]

    /// Whatever lengths it announces: more than HAProxy's buffer holds is not waited for.
    @Test func aServerThatTalksWithoutEndIsCut() throws {
        for definition in Self.definitions {
            let program = try CheckProgram(definition)
            for part in Self.parts {
                var run = CheckRun(program, CheckRun.Subject(backend: "b", server: "s"))
                _ = run.start()
                var actions = run.handle(.connected)
                func isOver() -> Bool {
                    actions.contains { if case .finish = $0 { true } else { false } }
                }
                for _ in 0...program.rules.count where !isOver() {
                    actions = run.handle(.received(part + [UInt8](repeating: 0, count: 16384)))
                }
                #expect(isOver(), "\(definition) \(part)")
            }
        }
    }

    @Test func noAnswerOfAServerStopsAMachine() throws {
        var generator = SeededGenerator()
        print("seed \(generator.seed)")
        for definition in Self.definitions {
            let program = try CheckProgram(definition)
            for _ in 0..<300 {
                var run = CheckRun(program, CheckRun.Subject(backend: "b", server: "s"))
                _ = run.start()
                var actions = run.handle(.connected)
                for _ in 0..<Int.random(in: 0...8, using: &generator) {
                    var bytes = Self.parts.randomElement(using: &generator) ?? []
                    if Bool.random(using: &generator) { bytes.append(UInt8.random(in: 0...255, using: &generator)) }
                    actions = run.handle(.received(bytes))
                }
                actions += run.handle(Bool.random(using: &generator) ? .ended : .timedOut(.established))
                _ = actions
            }
        }
    }

    // MARK: - On the wire

    private static let fast = CheckSettings(interval: 50, fall: 1, rise: 1)

    /// Each piece of its answer is read where the one before was, and none is the last.
    @Test func anEndlessAnswerEndsACheck() throws {
        let server = try TestServer { connection in
            _ = try connection.receive()
            try connection.send([0x30, 0x84, 0x7f, 0xff, 0xff, 0xff])
            while true { try connection.send([UInt8](repeating: 0, count: 65536)) }
        }
        let check = CheckSettings(interval: 3_600_000, fall: 1, rise: 1)
        var snapshot = ProxySnapshot.single([Server("s1", port: server.port, check: check)])
        snapshot.backends[0].check = CheckDefinition(.named("ldap-check"))
        let fixture = try EngineFixture(snapshot)
        #expect(eventually { fixture.engine.isUp(backend: "be", server: "s1") == false })
    }

    /// Connections of clients that fail take a server down whose checks go elsewhere and pass.
    @Test func observedFailuresTakeAServerDown() throws {
        let healthy = try TestServer { connection in _ = try connection.receiveAll() }
        let (closed, port) = try TestSocket.bound(listening: false)
        var check = CheckSettings(interval: 3_600_000, fall: 3, rise: 2)
        check.endpoint = .loopback(healthy.port)
        var server = Server("s1", port: port, check: check)
        server.observation = Observation(limit: 3, reaction: .markDown)
        let fixture = try EngineFixture(.single([server], retries: 0))
        #expect(fixture.engine.isUp(backend: "be", server: "s1") == true)
        // The first check, which passes, may come between and start the count anew.
        let isDown = try eventually {
            _ = try fixture.ask()
            return fixture.engine.isUp(backend: "be", server: "s1") == false
        }
        #expect(isDown)
        _ = closed
    }

    @Test func anAgentTakesItsServerOutAndBack() throws {
        let word = SharedWord("drain")
        let agent = try TestServer { connection in try connection.send(word.value + "\n") }
        let one = try TestServer.named("one")
        let two = try TestServer.named("two")
        var first = Server("s1", port: one.port)
        first.agent = AgentSettings(endpoint: .loopback(agent.port), interval: 20)
        let fixture = try EngineFixture(.single([first, Server("s2", port: two.port)]))
        #expect(eventually { fixture.engine.isUp(backend: "be", server: "s1") == false })
        #expect(try (0..<4).map { _ in try fixture.ask() } == ["two", "two", "two", "two"])
        word.value = "ready"
        #expect(eventually { fixture.engine.isUp(backend: "be", server: "s1") == true })
        #expect(Set(try (0..<4).map { _ in try fixture.ask() }) == ["one", "two"])
    }

    /// A change takes the agent away and leaves the check: its weight goes with it.
    @Test func whatAnAgentAskedForEndsWithIt() throws {
        let agent = try TestServer { connection in try connection.send("0% maxconn:1\n") }
        let one = try TestServer.named("one")
        let two = try TestServer.named("two")
        let check = CheckSettings(interval: 50, fall: 3, rise: 1)
        var first = Server("s1", port: one.port, check: check)
        first.agent = AgentSettings(endpoint: .loopback(agent.port), interval: 20)
        let second = Server("s2", port: two.port)
        let fixture = try EngineFixture(.single([first, second]))
        // The agent has spoken when four in a row pass the first server over.
        #expect(try eventually { Set(try (0..<4).map { _ in try fixture.ask() }) == ["two"] })
        first.agent = nil
        try fixture.change(to: .single([first, second]))
        #expect(try eventually { Set(try (0..<4).map { _ in try fixture.ask() }) == ["one", "two"] })
    }

    /// The same of how it stands and is. The next check that could say something else is an hour away.
    @Test(arguments: ["drain", "maint", "down", "down maint", "stopped drain"], [true, false])
    func whatAnAgentSaidEndsWithIt(word: String, isChecked: Bool) throws {
        let agent = try TestServer { connection in try connection.send(word + "\n") }
        let server = try TestServer.named("one")
        let check = CheckSettings(interval: 3_600_000, fall: 3, rise: 2)
        var first = Server("s1", port: server.port, check: isChecked ? check : nil)
        let fixture = try EngineFixture(.single([first]))
        // An agent that comes later need not wait for its turn within the interval of the check.
        first.agent = AgentSettings(endpoint: .loopback(agent.port), interval: 20)
        try fixture.change(to: .single([first]))
        #expect(eventually { fixture.engine.isUp(backend: "be", server: "s1") == false })
        first.agent = nil
        try fixture.change(to: .single([first]))
        #expect(eventually { fixture.engine.isUp(backend: "be", server: "s1") == true })
        let report = try #require(fixture.engine.report(backend: "be")?.backends.first?.servers.first)
        #expect(report.standing == [] && report.isHealthy && !report.check.isPaused)
    }

    /// What somebody else said who administers the server does not.
    @Test(arguments: [Administration.drain, .maintenance], [true, false])
    func whatWasOrderedOutlivesTheAgent(ordered: Administration, isFirst: Bool) throws {
        let word = SharedWord(isFirst ? "up" : "maint")
        let agent = try TestServer { connection in try connection.send(word.value + "\n") }
        let server = try TestServer.named("one")
        var first = Server("s1", port: server.port)
        first.agent = AgentSettings(endpoint: .loopback(agent.port), interval: 20)
        let fixture = try EngineFixture(.single([first]))
        func standing() -> Administration? {
            fixture.engine.report(backend: "be")?.backends.first?.servers.first?.standing.administration
        }
        if !isFirst { #expect(eventually { standing() == .maintenance }) }
        // It is not heard any more between the order and its end.
        word.value = "up"
        #expect(fixture.engine.perform(ServerOrder(backend: "be", server: "s1", action: .administer(ordered))))
        if isFirst {
            word.value = ordered == .drain ? "maint" : "drain"
            #expect(eventually { standing() != ordered })
        }
        first.agent = nil
        first.weight = 7
        try fixture.change(to: .single([first]))
        #expect(eventually { standing() == ordered })
        #expect(try fixture.ask() != "one")
    }

    @Test(arguments: [UInt8(1), 2]) func aCheckBeginsWithTheHeaderItsServerWants(version: UInt8) throws {
        let heard = SharedWord("")
        let server = try TestServer { connection in
            let bytes = try connection.receive()
            heard.value = String(decoding: bytes, as: UTF8.self)
            try connection.send(bytes.count > 12 ? "good" : "bad")
        }
        var check = Self.fast
        check.proxyHeader = ProxyHeaderOptions(version: version)
        var snapshot = ProxySnapshot.single([Server("s1", port: server.port, check: check)])
        snapshot.backends[0].check = CheckDefinition(.tcp, rules: [["expect", "string", "good"]])
        snapshot.backends[0].checkTimeout = 60000
        let fixture = try EngineFixture(snapshot)
        #expect(eventually { !heard.value.isEmpty })
        let begin = version == 1 ? "PROXY TCP4 127.0.0.1 127.0.0.1 " : "\r\n\r\n\0\r\nQUIT\n "
        #expect(heard.value.hasPrefix(begin))
        #expect(fixture.engine.isUp(backend: "be", server: "s1") == true)
    }

    @Test func theWordsOfAChangedCheckCountAtOnce() throws {
        let server = try TestServer { connection in
            _ = try connection.receive()
            try connection.send("HTTP/1.0 200 OK\r\n\r\nfine")
        }
        var snapshot = ProxySnapshot.single([Server("s1", port: server.port, check: Self.fast)])
        snapshot.backends[0].check = CheckDefinition(.http, rules: [["expect", "string", "broken"]])
        let fixture = try EngineFixture(snapshot)
        #expect(eventually { fixture.engine.isUp(backend: "be", server: "s1") == false })
        snapshot.backends[0].check.rules = [["expect", "string", "fine"]]
        try fixture.change(to: snapshot)
        #expect(eventually { fixture.engine.isUp(backend: "be", server: "s1") == true })
    }
}

/// A word that threads of a test share.
final class SharedWord: Sendable {
    private let word: Mutex<String>

    init(_ word: String) { self.word = Mutex(word) }

    var value: String {
        get { word.withLock { $0 } }
        set { word.withLock { $0 = newValue } }
    }
}
