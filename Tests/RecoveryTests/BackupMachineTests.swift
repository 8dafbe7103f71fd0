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
        #expect(machine.deadline == nil)
        // What changes while it runs is for the next.
        machine.changed(at: .seconds(109))
        #expect(machine.deadline == nil)
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
}
