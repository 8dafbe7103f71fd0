import NetworkHistory
import NetworkState
import Testing

/// The decisions, without a disk or a clock.
@Suite struct CheckpointTests {
    private static let here = KernelIdentity(boot: "a", namespace: 1)

    private func checkpoint(_ phase: Checkpoint.Phase) -> Checkpoint {
        Checkpoint(
            generation: Generation(id: 7, time: 0, origin: .try, changes: [], files: ConfigurationFiles()),
            phase: phase,
            deadline: 5000,
            timeout: 4,
            kernel: Self.here,
            formerFiles: ConfigurationFiles(),
            formerKernel: ActualState()
        )
    }

    @Test func aGuardedTryRunsToItsDeadline() {
        let waiting = checkpoint(.waiting)
        #expect(waiting.verdict(now: 4999, kernel: Self.here, isGuarded: true) == .running(milliseconds: 1))
        #expect(
            waiting.verdict(now: 5000, kernel: Self.here, isGuarded: true)
                == .restore("it was not confirmed within 4 s")
        )
    }

    @Test func nobodyWaitsForAGuardianThatIsGone() {
        let verdict = checkpoint(.waiting).verdict(now: 1, kernel: Self.here, isGuarded: false)
        #expect(verdict == .restore("its guardian is gone"))
        let applying = checkpoint(.applying).verdict(now: 1, kernel: Self.here, isGuarded: false)
        #expect(applying == .restore("its process ended in the middle of it"))
    }

    @Test(arguments: [KernelIdentity(boot: "b", namespace: 1), KernelIdentity(boot: "a", namespace: 2)])
    func aRestartEndsATry(_ kernel: KernelIdentity) {
        for phase in [Checkpoint.Phase.applying, .waiting] {
            let verdict = checkpoint(phase).verdict(now: 1, kernel: kernel, isGuarded: true)
            #expect(verdict == .restore("the machine was restarted before it was confirmed"))
        }
    }

    @Test func whatIsConfirmedStays() {
        let confirmed = checkpoint(.confirmed)
        #expect(confirmed.verdict(now: 9000, kernel: Self.here, isGuarded: false) == .finish)
        let elsewhere = KernelIdentity(boot: "b", namespace: 1)
        #expect(confirmed.verdict(now: 9000, kernel: elsewhere, isGuarded: false) == .finish)
    }

    @Test func aGuardianWaitsAndTakesBack() {
        var machine = GuardianMachine(token: 7)
        func found(_ phase: Checkpoint.Phase, token: UInt64 = 7) -> GuardianMachine.Found {
            GuardianMachine.Found(token: token, phase: phase, deadline: 5000)
        }
        #expect(machine.action(now: 1000, found: found(.applying)) == .wait(milliseconds: 4000))
        #expect(machine.action(now: 1000, found: found(.waiting)) == .wait(milliseconds: 4000))
        #expect(machine.action(now: 5000, found: found(.waiting)) == .takeBack)
        #expect(machine.action(now: 5000, found: found(.applying)) == .takeBack)
        #expect(machine.action(now: 9000, found: found(.confirmed)) == .settle)
        #expect(machine.action(now: 1000, found: found(.waiting, token: 8)) == .end)
        #expect(machine.action(now: 1000, found: nil) == .end)
        // The session is lost: a try that is done waits on, one in the middle does not.
        machine.isAlone = true
        #expect(machine.action(now: 1000, found: found(.waiting)) == .wait(milliseconds: 4000))
        #expect(machine.action(now: 1000, found: found(.applying)) == .takeBack)
    }
}
