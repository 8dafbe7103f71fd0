import Files
import Testing

@testable import NetworkWatch

/// What the machine does, event by event, without a kernel.
@Suite struct MachineTests {
    /// A machine and its clock; reconciles take no time unless a test says so.
    private struct World {
        var machine: WatchMachine
        var now = Duration.seconds(100)
        var armed: Duration?
        var starts: [(at: Duration, reading: Bool)] = []
        var log: [String] = []
        var notes: [String] = []
        var answers: [ControlAnswer] = []
        var outcome = ReconcileOutcome(.applied)

        init(watchdog: Duration? = nil) { machine = WatchMachine(watchdog: watchdog) }

        mutating func say(_ event: WatchEvent) {
            var results: [WatchEvent] = []
            for action in machine.handle(event, at: now) {
                switch action {
                case .reconcile(let reading):
                    starts.append((now, reading))
                    results.append(.reconciled(outcome))
                case .arm(let time): armed = time
                case .notify(let text): notes.append(text)
                case .answer(_, let answer): answers.append(answer)
                case .log(_, let text): log.append(text)
                case .end: notes.append("end")
                }
            }
            for result in results { say(result) }
        }

        /// Lets time pass, with the timer going off as it is armed.
        mutating func pass(_ time: Duration) {
            let end = now + time
            while let armed, armed <= end {
                now = max(now, armed)
                say(.timer)
            }
            now = end
        }

        /// Started, in sync, and quiet for a while.
        static func settled() -> World {
            var world = World()
            world.say(.start)
            world.pass(.seconds(5))
            world.starts = []
            world.notes = []
            return world
        }

        var delays: [Duration] { zip(starts.dropFirst(), starts).map { $0.at - $1.at } }
    }

    @Test func appliesAtOnceAndSaysReady() {
        var world = World()
        world.say(.start)
        #expect(world.starts.count == 1)
        #expect(world.starts.first?.reading == true)
        #expect(world.notes == ["READY=1\nSTATUS=The network is as the files want it."])
        // Nothing to do, nothing to wake up for but a look now and then.
        #expect(world.armed == world.now + .seconds(300))
    }

    @Test func reactsAfter50MillisecondsAndThenEvery500() {
        var world = World.settled()
        let first = world.now
        for _ in 0..<300 {
            world.say(.network)
            world.pass(.milliseconds(10))
        }
        world.pass(.seconds(5))
        #expect(world.starts.first?.at == first + .milliseconds(50))
        #expect(world.delays.allSatisfy { $0 >= .milliseconds(500) })
        #expect((6...8).contains(world.starts.count), "\(world.starts.count)")
    }

    @Test func waitsForAWriterAndForAFileToComeBack() {
        var world = World.settled()
        world.say(.files(["a": .writing]))
        world.pass(.milliseconds(300))
        // Drift is repaired meanwhile, without a look at the half-written file.
        world.say(.network)
        world.pass(.milliseconds(300))
        #expect(world.starts.map { $0.reading } == [false])
        world.say(.files(["a": .written]))
        world.pass(.seconds(1))
        #expect(world.starts.map { $0.reading } == [false, true])

        world.say(.files(["a": .removed]))
        world.pass(.milliseconds(900))
        #expect(world.starts.count == 2)
        world.pass(.seconds(1))
        #expect(world.starts.map { $0.reading } == [false, true, true])

        // Who never closes is not waited for.
        for _ in 0..<40 {
            world.say(.files(["a": .writing]))
            world.pass(.milliseconds(100))
        }
        #expect(world.starts.count >= 4)
    }

    @Test func failuresBackOffTo30Seconds() {
        var world = World.settled()
        world.outcome = ReconcileOutcome(.failed("no"))
        world.say(.network)
        for _ in 0..<600 {
            // The attempts themselves are heard.
            world.pass(.milliseconds(500))
            world.say(.network)
        }
        let seconds = world.delays.map { $0.components.seconds }
        #expect(seconds.prefix(6) == [1, 2, 4, 8, 16, 30])
        #expect(seconds.dropFirst(5).allSatisfy { $0 == 30 })
        #expect(world.log.filter { $0 == "no" }.count == 1)
        #expect(world.machine.report.state == .failing)

        // A changed file may be the remedy: at once.
        world.pass(.seconds(1))
        world.outcome = ReconcileOutcome(.applied)
        let count = world.starts.count
        world.say(.files(["a": .written]))
        world.pass(.milliseconds(60))
        #expect(world.starts.count == count + 1)
        #expect(world.machine.report.state == .inSync)
        #expect(world.log.last == "all is well again")
    }

    @Test func aBadFileIsToldOnceAndDegrades() {
        var world = World()
        world.outcome = ReconcileOutcome(.applied, badFiles: ["a:1: error: b"])
        world.say(.start)
        #expect(world.notes == ["READY=1\nSTATUS=Degraded: a:1: error: b"])
        for _ in 0..<5 {
            world.say(.network)
            world.pass(.seconds(1))
        }
        #expect(world.log == ["a:1: error: b"])
        world.outcome = ReconcileOutcome(.applied)
        world.say(.files(["a": .written]))
        world.pass(.seconds(1))
        #expect(world.log.last == "all is well again")
        #expect(world.notes.last == "STATUS=The network is as the files want it.")
    }

    @Test func readyComesLateButComesWhenNothingWorks() {
        var world = World()
        world.outcome = ReconcileOutcome(.failed("no"))
        world.say(.start)
        #expect(world.notes == [])
        world.pass(.seconds(20))
        #expect(world.notes == ["READY=1\nSTATUS=Failing, will try again: no"])
    }

    /// A first lease, say: whoever waits for the network finds it there.
    @Test func readyWaitsForWhatAPartWaitsFor() {
        var world = World()
        world.say(.partsPending(true))
        world.say(.start)
        world.pass(.seconds(4))
        #expect(world.starts.count == 1)
        #expect(world.notes == [])
        // What has come is in force first.
        world.say(.asked)
        world.say(.partsPending(false))
        #expect(world.starts.count == 2)
        #expect(world.notes.count == 1)
        #expect(world.armed == world.now + .seconds(300))
    }

    @Test func readyWaitsForNobodyForEver() {
        var world = World()
        world.say(.partsPending(true))
        world.say(.start)
        world.pass(.seconds(14))
        #expect(world.notes == [])
        world.pass(.seconds(2))
        #expect(world.notes == ["READY=1\nSTATUS=The network is as the files want it."])
        world.say(.partsPending(false))
        world.say(.hangUp)
        #expect(world.notes.suffix(2) == ["RELOADING=1", "READY=1\nSTATUS=The network is as the files want it."])
    }

    @Test func aFightIsFoughtSlower() {
        var world = World.settled()
        world.outcome = ReconcileOutcome(.applied, changes: ["rule x had been deleted; added it again"], isDrift: true)
        for _ in 0..<1200 {
            world.say(.network)
            world.pass(.milliseconds(100))
        }
        #expect(world.starts.count < 40, "\(world.starts.count)")
        #expect(world.log.contains { $0.hasPrefix("something keeps undoing") })
        #expect(world.machine.report.driftCount == world.starts.count)
    }

    @Test func standsByUntilUp() {
        var world = World.settled()
        world.say(.standBy(true))
        world.say(.network)
        world.say(.files(["a": .written]))
        world.say(.request(.reconcile, client: 7))
        world.say(.hangUp)
        world.pass(.seconds(100))
        #expect(world.starts.isEmpty)
        #expect(world.machine.report.state == .standby)
        #expect(world.answers.count == 1)
        #expect(world.notes.last == "READY=1\nSTATUS=Standing by after down.")
        world.say(.standBy(false))
        #expect(world.starts.map { $0.reading } == [true])
        #expect(world.machine.report.state == .inSync)
    }

    @Test func hangUpReloads() {
        var world = World.settled()
        world.say(.hangUp)
        #expect(world.starts.map { $0.reading } == [true])
        #expect(world.notes == ["RELOADING=1", "READY=1\nSTATUS=The network is as the files want it."])
    }

    @Test func busyIsNoFailureAndWhoWaitsWaitsOn() {
        var world = World.settled()
        world.outcome = ReconcileOutcome(.busy)
        world.say(.request(.reconcile, client: 1))
        world.pass(.seconds(3))
        #expect(world.answers.isEmpty)
        #expect(world.starts.count == 7)
        #expect(world.machine.report.state == .inSync)
        world.outcome = ReconcileOutcome(.applied)
        world.pass(.seconds(1))
        #expect(world.answers == [.reconciled(changes: [], problems: [])])
        #expect(world.log.count == 1)
    }

    /// Not every change makes an event.
    @Test func looksNowAndThenWhereNothingIsHeard() {
        var world = World.settled()
        world.pass(.seconds(3600))
        #expect(world.starts.count == 12)
        #expect(world.delays.allSatisfy { $0 == .seconds(300) })
        #expect(world.starts.allSatisfy { !$0.reading })
        world.starts = []
        world.say(.standBy(true))
        world.pass(.seconds(3600))
        #expect(world.starts.isEmpty)
    }

    @Test func theWatchdogIsFedInHalfItsTimeAndNothingElseWakesUp() {
        var world = World(watchdog: .seconds(30))
        world.say(.start)
        world.notes = []
        world.starts = []
        world.pass(.seconds(61))
        #expect(world.notes == Array(repeating: "WATCHDOG=1", count: 4))
        #expect(world.starts.isEmpty)
        world.say(.terminate)
        #expect(world.notes.suffix(2) == ["STOPPING=1", "end"])
    }
}
