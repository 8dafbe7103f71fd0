import Addresses
import Leases
import Testing

/// Which clients run, and when.
@Suite struct ClientMachineTests {
    private static func link(_ name: String, _ last: Int = 1) throws -> ClientMachine.Link {
        ClientMachine.Link(name: name, mac: try #require(MACAddress("00:50:56:b4:aa:0\(last)")))
    }

    @Test func oneForEachInterface() throws {
        var machine = ClientMachine()
        let (management, workload) = (try Self.link("management"), try Self.link("workload", 2))
        let both: [InterfaceRole: ClientMachine.Link] = [.management: management, .workload: workload]
        #expect(
            machine.handle(.wanted(both), at: .zero)
                == [.start(.management, management), .start(.workload, workload)]
        )
        #expect(machine.handle(.wanted(both), at: .seconds(1)) == [])
        #expect(machine.deadline == nil)
        #expect(machine.handle(.wanted([.management: management]), at: .seconds(2)) == [.end(.workload)])
        #expect(machine.handle(.ended(.workload, status: 0), at: .seconds(3)) == [])
        #expect(machine.problems.isEmpty && machine.link(.workload) == nil)
    }

    /// One that does not end is killed; another is started only when it has gone.
    @Test func anotherLinkIsAnotherClient() throws {
        var machine = ClientMachine()
        let (former, other) = (try Self.link("eth0"), try Self.link("management"))
        _ = machine.handle(.wanted([.management: former]), at: .zero)
        #expect(machine.handle(.wanted([.management: other]), at: .seconds(1)) == [.end(.management)])
        #expect(machine.link(.management) == nil)
        let deadline = try #require(machine.deadline)
        #expect(machine.handle(.timer, at: deadline) == [.kill(.management)])
        #expect(
            machine.handle(.ended(.management, status: 256 + 9), at: deadline + .milliseconds(1))
                == [.start(.management, other)]
        )
    }

    /// Failures come ever later, and are told once.
    @Test func aClientThatFailsIsTriedAgain() throws {
        var machine = ClientMachine()
        let link = try Self.link("management")
        var now = Duration.zero
        _ = machine.handle(.wanted([.management: link]), at: now)
        var waits: [Duration] = []
        var told = 0
        for _ in 0..<9 {
            let actions = machine.handle(.ended(.management, status: 1), at: now)
            told += actions.count
            let due = try #require(machine.deadline)
            waits.append(due - now)
            now = due
            #expect(machine.handle(.timer, at: now) == [.start(.management, link)])
        }
        #expect(waits.map { $0.components.seconds } == [1, 2, 4, 8, 16, 32, 60, 60, 60])
        #expect(told == 1)
        #expect(machine.problems[.management]?.contains("status 1") == true)

        // A minute of life is enough to be well again.
        let well = try #require(machine.deadline)
        #expect(machine.handle(.timer, at: well) == [])
        #expect(machine.problems.isEmpty && machine.deadline == nil)
        _ = machine.handle(.ended(.management, status: 256 + 11), at: well + .seconds(1))
        #expect(machine.deadline == well + .seconds(2))
        #expect(machine.problems[.management]?.contains("signal 11") == true)
    }

    @Test func whereThereIsNoProgram() throws {
        var machine = ClientMachine()
        _ = machine.handle(.wanted([.management: try Self.link("management")]), at: .zero)
        let actions = machine.handle(.notStarted(.management, "ENOENT"), at: .zero)
        #expect(actions.count == 1 && machine.problems[.management]?.contains("ENOENT") == true)
        #expect(machine.deadline == .seconds(1))
        #expect(machine.handle(.wanted([:]), at: .milliseconds(1)) == [])
        #expect(machine.problems.isEmpty && machine.deadline == nil)
    }
}
