import HealthChecks
@testable import ProxyEngine
import Synchronization
import Syscalls
import TestSupport
import Testing

/// Whoever is not in maintenance and has a `check` is checked, whatever changes and commands led there.
@Suite(.blocking) struct CheckWalkTests {
    /// A server that counts its connections, which are its checks; an agent, which says what it is told; and an engine.
    private final class Course {
        let fixture: EngineFixture
        let agent: TestServer
        let server: TestServer
        private let counted: Counter
        private let word: SharedWord
        private(set) var own: Server

        final class Counter: Sendable {
            let count = Atomic(0)
        }

        init(_ change: (inout Server) -> Void = { _ in }) throws {
            let (counted, word) = (Counter(), SharedWord("up"))
            server = try TestServer { _ in counted.count.add(1, ordering: .relaxed) }
            agent = try TestServer { connection in try connection.send(word.value + "\n") }
            (self.counted, self.word) = (counted, word)
            own = Server("s1", port: server.port)
            change(&own)
            fixture = try EngineFixture(.single([own]))
        }

        func change(_ body: (inout Server) -> Void) throws {
            body(&own)
            try fixture.change(to: .single([own]))
        }

        func order(_ action: ServerOrder.Action) {
            _ = fixture.engine.perform(ServerOrder(backend: "be", server: "s1", action: action))
        }

        func say(_ words: String) { word.value = words }

        var checks: Int { counted.count.load(ordering: .relaxed) }

        var report: ServerReport? { fixture.engine.report(backend: "be")?.backends.first?.servers.first }

        /// It is checked, or need not be; and its counter is one that a server may have that is as it is.
        func isRight(after checks: Int) -> Bool {
            guard let report else { return false }
            if report.standing.isInMaintenance || own.check == nil { return true }
            // Its own check passes: what is down is so by its agent or by a command, whose word the next check takes back.
            let isUp = report.isHealthy || report.isHeld
            return self.checks > checks + 1 && (!isUp || report.check.health >= CheckWalkTests.rise)
        }
    }

    static let rise = 3
    private static let check = CheckSettings(interval: 10, fall: 3, rise: UInt32(rise))

    @Test func aDisabledServerThatACommandEnabledIsCheckedOnceItSaysSo() throws {
        let course = try Course { $0.isDisabled = true }
        course.order(.administer(.ready))
        try course.change { $0.check = Self.check }
        let isRight = eventually { course.isRight(after: 0) }
        #expect(isRight)
        #expect(course.report?.standing == [])
    }

    @Test func aServerThatLeftMaintenanceUncheckedIsCheckedOnceItSaysSo() throws {
        let course = try Course { $0.check = Self.check }
        course.order(.administer(.maintenance))
        try course.change { $0.check = nil }
        course.order(.administer(.ready))
        let before = course.checks
        try course.change { $0.check = Self.check }
        let isRight = eventually { course.isRight(after: before) }
        #expect(isRight)
        #expect(course.report?.standing == [])
    }

    /// The counter is right at once, not only when the next check has passed.
    @Test func itsCounterIsThatOfAServerThatIsUp() throws {
        let course = try Course { $0.isDisabled = true }
        course.order(.administer(.ready))
        try course.change {
            $0.check = CheckSettings(interval: 3_600_000, fall: 3, rise: UInt32(Self.rise))
        }
        let health = course.report?.check.health ?? 0
        #expect(health >= Self.rise)
    }

    @Test func aWalkOfChangesAndCommandsLeavesNobodyUnchecked() throws {
        var generator = SeededGenerator()
        print("seed \(generator.seed)")
        let course = try Course()
        var steps: [String] = []
        for _ in 0..<150 {
            let words = ["up", "down", "drain", "maint", "ready", "up ready", "stopped", "50%"]
            let before = course.checks
            switch Int.random(in: 0..<5, using: &generator) {
            case 0, 1:
                let (isChecked, isDisabled) = (Bool.random(using: &generator), Bool.random(using: &generator))
                let hasAgent = Bool.random(using: &generator)
                steps.append("check \(isChecked), disabled \(isDisabled), agent \(hasAgent)")
                let agent = AgentSettings(endpoint: .loopback(course.agent.port), interval: 10)
                try course.change { server in
                    server.check = isChecked ? Self.check : nil
                    server.isDisabled = isDisabled
                    server.agent = hasAgent ? agent : nil
                }
            case 2:
                let word = [Administration.ready, .ready, .drain, .maintenance].randomElement(using: &generator)
                steps.append("\(word ?? .ready)")
                course.order(.administer(word ?? .ready))
            case 3:
                let health = [ServerOrder.Health.up, .down, .stopping].randomElement(using: &generator) ?? .up
                steps.append("health \(health)")
                course.order(.health(health))
            default:
                let word = words.randomElement(using: &generator) ?? "up"
                steps.append("agent says \(word)")
                course.say(word)
            }
            let isRight = eventually { course.isRight(after: before) }
            if isRight { continue }
            let report = String(describing: course.report)
            Issue.record("seed \(generator.seed), \(steps.count) steps: \(steps.suffix(8)): \(report)")
            return
        }
    }
}
