import Files
import TestSupport
import Testing

@testable import NetworkWatch

/// Random events at random times, reconciles that take time and fail as they like; what must always hold, holds.
@Suite struct SimulationTests {
    private struct Simulation {
        var random: SeededGenerator
        var machine: WatchMachine
        var now = Duration.zero
        var armed: Duration?
        var runningUntil: Duration?
        var lastStart: Duration?
        var lastReading: Duration?
        /// The last event that a reconcile must follow, and the last that must be followed by a look at the files.
        var lastEvent: Duration?
        var lastFileEvent: Duration?
        var isStandingBy = false
        var asked: Set<Int> = []
        var violations: [String] = []
        var isCalm = false

        init(seed: UInt64) {
            random = SeededGenerator(state: seed)
            machine = WatchMachine(watchdog: seed % 2 == 0 ? .seconds(30) : nil)
        }

        mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }

        mutating func say(_ event: WatchEvent) {
            let before = armed
            var didSomething = false
            for action in machine.handle(event, at: now) {
                if case .arm = action {} else { didSomething = true }
                perform(action)
            }
            if event == .timer, !didSomething, let armed, armed <= now, before == armed {
                violations.append("\(now): the timer goes off for nothing, for ever")
            }
        }

        private mutating func perform(_ action: WatchAction) {
            switch action {
            case .arm(let time): armed = time
            case .reconcile(let reading):
                if runningUntil != nil { violations.append("\(now): two reconciles at once") }
                if isStandingBy { violations.append("\(now): a reconcile while standing by") }
                if let lastStart, now - lastStart < .milliseconds(500) {
                    violations.append("\(now): too soon after \(lastStart)")
                }
                lastStart = now
                if reading { lastReading = now }
                runningUntil = now + .milliseconds(Int.random(in: 0...400, using: &random))
            case .answer(let client, _):
                if asked.remove(client) == nil { violations.append("\(now): client \(client) answered twice") }
            case .notify, .log, .end: break
            }
        }

        private mutating func randomEvent(_ step: Int) -> WatchEvent {
            let path = ["a", "b", "c"][Int.random(in: 0..<3, using: &random)]
            switch Int.random(in: 0..<12, using: &random) {
            case 0...3:
                if !isStandingBy { lastEvent = now }
                return .network
            case 4, 5:
                lastFileEvent = now
                return .files([path: chance(60) ? .written : chance(50) ? .writing : .removed])
            case 6:
                if !isStandingBy { lastFileEvent = now }
                return .hangUp
            case 7:
                asked.insert(step)
                return .request(.status, client: step)
            case 8:
                asked.insert(step)
                if !isStandingBy { lastEvent = now }
                return .request(.reconcile, client: step)
            case 9 where chance(20):
                isStandingBy.toggle()
                if !isStandingBy { lastFileEvent = now }
                return .standBy(isStandingBy)
            default: return .timer
            }
        }

        private mutating func outcome() -> ReconcileOutcome {
            if isCalm || chance(60) { return ReconcileOutcome(.applied) }
            if chance(30) { return ReconcileOutcome(.busy) }
            if chance(50) { return ReconcileOutcome(.failed("no")) }
            return ReconcileOutcome(.applied, changes: ["x"], isDrift: chance(50), badFiles: chance(50) ? ["bad"] : [])
        }

        /// To the next moment at which something happens, not later than `limit`.
        private mutating func advance(to limit: Duration) {
            while let next = [armed, runningUntil].compactMap({ $0 }).min(), next <= limit {
                now = max(now, next)
                if let end = runningUntil, end <= now {
                    runningUntil = nil
                    say(.reconciled(outcome()))
                } else {
                    say(.timer)
                }
                if violations.count > 5 { return }
            }
            now = max(now, limit)
        }

        mutating func run() {
            say(.start)
            for step in 0..<400 {
                let pause =
                    chance(70) ? Int.random(in: 0...100, using: &random) : Int.random(in: 0...5000, using: &random)
                advance(to: now + .milliseconds(pause))
                say(randomEvent(step))
                if violations.count > 5 { return }
            }
            // Calm: whatever was said last is answered by a reconcile that begins after it.
            isCalm = true
            advance(to: now + .seconds(300))
            if isStandingBy {
                isStandingBy = false
                lastFileEvent = now
                say(.standBy(false))
                advance(to: now + .seconds(10))
            }
            for (what, event, answer) in [
                ("network", lastEvent, lastStart), ("file", lastFileEvent, lastReading),
            ] {
                if let event, answer.map({ $0 < event }) ?? true {
                    violations.append("no reconcile after the last \(what) event at \(event)")
                }
            }
            if !asked.isEmpty { violations.append("clients \(asked) were never answered") }
            if ![.inSync, .degraded].contains(machine.report.state) {
                violations.append("ends \(machine.report.state)")
            }
            // The look now and then may have begun just now.
            if let end = runningUntil { advance(to: end) }
            if runningUntil != nil { violations.append("still running") }
        }
    }

    @Test func theRulesHoldWhateverHappens() {
        let base = UInt64.random(in: 0 ... .max)
        print("simulation seed \(base)")
        for number in 0..<300 {
            var simulation = Simulation(seed: base &+ UInt64(number))
            simulation.run()
            #expect(simulation.violations == [], "seed \(base) run \(number)")
            if !simulation.violations.isEmpty { return }
        }
    }
}
