import Testing

@testable import Recovery

/// When backups are taken, with time as an argument.
@Suite struct BackupMachineTests {
    @Test func oneForSeveralChanges() {
        var machine = BackupMachine()
        #expect(machine.deadline == nil)
        machine.changed(at: .seconds(100))
        machine.changed(at: .seconds(103))
        #expect(machine.deadline == .seconds(108))
        let early = machine.begin(at: .seconds(107))
        let begun = machine.begin(at: .seconds(108))
        #expect(!early && begun)
        let hopeless = Duration.seconds(708)
        #expect(machine.deadline == hopeless)
        // What changes while it runs is for the next.
        machine.changed(at: .seconds(109))
        #expect(machine.deadline == hopeless)
        machine.ended(true, at: .seconds(110))
        #expect(machine.deadline == .seconds(114))
    }

    @Test func changesWithoutEndWaitAMinute() {
        var machine = BackupMachine()
        for second in 0..<100 { machine.changed(at: .seconds(second)) }
        #expect(machine.deadline == .seconds(60))
    }

    @Test func whatFailsIsTriedAgainLessAndLessOften() throws {
        var machine = BackupMachine()
        machine.changed(at: .zero)
        var now = Duration.seconds(5)
        var delays: [Duration] = []
        for _ in 0..<8 {
            let begun = machine.begin(at: now)
            machine.ended(false, at: now)
            let next = try #require(begun ? machine.deadline : nil)
            delays.append(next - now)
            now = next
        }
        #expect(delays == [60, 120, 240, 480, 960, 1920, 3600, 3600].map { .seconds($0) })
        _ = machine.begin(at: now)
        machine.ended(true, at: now)
        #expect(machine.deadline == nil)
    }

    /// One that hangs is given up, once; the next does not begin beside it.
    @Test func whatHangsIsGivenUp() {
        var machine = BackupMachine()
        machine.changed(at: .zero)
        let begun = machine.begin(at: .seconds(5))
        let early = machine.isHopeless(at: .seconds(604))
        let hopeless = machine.isHopeless(at: .seconds(605))
        #expect(begun && !early && hopeless)
        #expect(machine.deadline == nil)
        machine.changed(at: .seconds(606))
        let again = machine.isHopeless(at: .seconds(2000))
        let beside = machine.begin(at: .seconds(2000))
        #expect(!again && !beside)
        machine.ended(false, at: .seconds(2001))
        let next = machine.begin(at: .seconds(2001))
        #expect(next)
        machine.ended(true, at: .seconds(2010))
        let late = machine.isHopeless(at: .seconds(5000))
        #expect(!late)
    }
}
