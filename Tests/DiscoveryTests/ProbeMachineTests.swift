import Addresses
import TestSupport
import Testing

@testable import Discovery

/// When probes are sent, and what makes an address another's.
@Suite struct ProbeMachineTests {
    private let own = MACAddress("00:50:56:b4:ef:d1") ?? .zero
    private let other = MACAddress("00:50:56:00:00:01") ?? .zero

    private func requests(_ count: Int) -> [AddressProbe.Request] {
        (0..<count).map { AddressProbe.Request(IPAddress(v4: 0x0a0d_c820 + UInt32($0)), interface: 3, mac: own) }
    }

    private func machine(_ requests: [AddressProbe.Request], _ timing: AddressProbe.Timing = .fast) -> ProbeMachine {
        var random = SeededGenerator(state: 1)
        return ProbeMachine(requests, timing, at: .seconds(5), &random)
    }

    @Test func threeProbesIn150Milliseconds() {
        var machine = machine(requests(1000))
        var times: [Duration] = []
        while let deadline = machine.deadline {
            #expect(machine.advance(at: deadline - .nanoseconds(1)).isEmpty)
            let due = machine.advance(at: deadline)
            times.append(deadline - .seconds(5))
            #expect(due.count == (times.count == 4 ? 0 : 1000))
        }
        #expect(times == [.zero, .milliseconds(50), .milliseconds(100), .milliseconds(150)])
        #expect(machine.isFinished && machine.conflicts.isEmpty)
    }

    /// A program that was held up asks as often, and waits as long.
    @Test func lateCallsMakeAllLater() {
        var machine = machine(requests(1))
        #expect(machine.advance(at: .seconds(6)).count == 1)
        #expect(machine.deadline == .milliseconds(6050))
        #expect(machine.advance(at: .seconds(8)).count == 1)
        #expect(machine.advance(at: .seconds(8)).isEmpty)
        #expect(machine.advance(at: .milliseconds(8050)).count == 1)
        #expect(machine.deadline == .milliseconds(8100))
    }

    @Test func timingOfTheStandard() {
        for seed in 0..<200 as Range<UInt64> {
            var random = SeededGenerator(state: seed)
            var machine = ProbeMachine(requests(1), .rfc5227, at: .zero, &random)
            var times: [Duration] = []
            while let deadline = machine.deadline {
                times.append(deadline)
                _ = machine.advance(at: deadline)
            }
            #expect(times.count == 4 && times[0] <= .seconds(1))
            for (before, after) in zip(times, times.dropFirst()).prefix(2) {
                #expect((Duration.seconds(1)...Duration.seconds(2)).contains(after - before))
            }
            #expect(times[3] - times[2] == .seconds(2))
        }
    }

    @Test func nothingToProbe() { #expect(machine([]).isFinished) }

    @Test func whoHasItIsNamedAndNotAskedAgain() {
        let two = requests(2)
        var machine = machine(two)
        _ = machine.advance(at: .seconds(5))
        machine.hear(Sighting(two[0].address, other, .holds), on: 3)
        #expect(machine.conflicts == [two[0].key: other])
        #expect(machine.advance(at: .seconds(6)) == [two[1]])
        machine.hear(Sighting(two[1].address, other, .holds), on: 3)
        #expect(machine.isFinished)
    }

    @Test func whoWantsItTooIsAConflict() {
        let one = requests(1)[0]
        var machine = machine([one])
        machine.hear(Sighting(one.address, other, .probes), on: 3)
        #expect(machine.conflicts == [one.key: other] && machine.isFinished)
    }

    /// Other addresses, other interfaces, and those who ask for the address of another.
    @Test func othersAreNone() throws {
        let one = requests(1)[0]
        var machine = machine([one])
        machine.hear(Sighting(IPAddress(v4: 1), other, .holds), on: 3)
        machine.hear(Sighting(one.address, other, .holds), on: 4)
        machine.hear(Sighting(one.address, other, .asks(from: IPAddress(v4: 1))), on: 3)
        #expect(machine.conflicts.isEmpty && !machine.isFinished)
    }

    @Test func theInterfaceOfAnAddress() throws {
        let interfaces = try [(2, "10.0.0.1/8"), (3, "10.13.200.10/24"), (4, "10.13.201.10/24")].map {
            ProbeInterface(index: $0.0, mac: own, addresses: [try #require(InterfaceAddress($0.1))])
        }
        func index(_ text: String) throws -> Int? {
            ProbeInterface.request(for: try #require(IPAddress(text)), among: interfaces)?.interface
        }
        #expect(try index("10.13.200.33") == 3)
        #expect(try index("10.99.0.1") == 2)
        #expect(try index("192.0.2.1") == nil)
        #expect(try index("10.13.201.10") == nil)
    }
}
