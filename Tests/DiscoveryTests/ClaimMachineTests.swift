import Addresses
import Testing

@testable import Discovery

/// What is announced, answered, defended and told.
@Suite struct ClaimMachineTests {
    private let own = MACAddress("00:50:56:b4:ef:d1") ?? .zero
    private let other = MACAddress("00:50:56:00:00:01") ?? .zero
    private let third = MACAddress("00:50:56:00:00:02") ?? .zero
    private let v4 = IPAddress("10.13.200.33") ?? IPAddress(v4: 0)
    private let v6 = IPAddress("2001:db8::2a") ?? IPAddress(v4: 0)

    private func request(_ address: IPAddress) -> AddressProbe.Request {
        AddressProbe.Request(address, interface: 3, mac: own)
    }

    private func machine(_ policy: ConflictPolicy = .refuse, claiming addresses: [IPAddress] = []) -> ClaimMachine {
        var settings = ClaimMachine.Settings()
        settings.policy = policy
        var machine = ClaimMachine(settings)
        var actions: [ClaimAction] = []
        machine.claim(addresses.map { request($0) }, areVirtual: true, at: .zero, &actions)
        machine.advance(at: .seconds(2), &actions)
        return machine
    }

    private func hold(_ address: IPAddress, _ mac: MACAddress) -> [UInt8] {
        AddressProbe.Request(address, interface: 3, mac: mac).announcement
    }

    private func hear(_ machine: inout ClaimMachine, _ frame: [UInt8], _ seconds: Int) -> [ClaimAction] {
        var actions: [ClaimAction] = []
        machine.hear(frame[...], on: 3, at: .seconds(seconds), &actions)
        return actions
    }

    @Test func announcesTwice() {
        var machine = ClaimMachine()
        var actions: [ClaimAction] = []
        machine.claim([request(v4), request(v6)], areVirtual: true, at: .seconds(1), &actions)
        let once: [ClaimAction] = [v4, v6].map { .send(interface: 3, $0.family, [hold($0, own)]) }
        #expect(actions == once)
        #expect(machine.deadline == .seconds(3))
        actions = []
        machine.advance(at: .seconds(3), &actions)
        #expect(actions == once && machine.deadline == nil)
        machine.claim([request(v4), request(v6)], areVirtual: true, at: .seconds(4), &actions)
        #expect(actions == once, "what is claimed already is not announced again")
        machine.announce([request(v4).key], at: .seconds(5), &actions)
        #expect(actions.count == 3)
    }

    @Test func probesAndTells() {
        var machine = ClaimMachine()
        var actions: [ClaimAction] = []
        let number = machine.probe([request(v4), request(v6)], at: .zero, &actions)
        #expect(actions.count == 2)
        _ = hear(&machine, hold(v6, other), 0)
        while let deadline = machine.deadline { machine.advance(at: deadline, &actions) }
        #expect(actions.last == .tell(.probed(number, conflicts: [request(v6).key: other])))
        #expect(actions.count == 2 + 1 + 1 + 1, "the address that is known to be another's is not asked for again")
    }

    @Test(arguments: ConflictPolicy.allCases)
    func whatIsClaimedIsNotProbed(_ policy: ConflictPolicy) {
        var machine = machine(policy, claiming: [v4])
        var actions: [ClaimAction] = []
        let number = machine.probe([request(v4)], at: .seconds(5), &actions)
        #expect(actions == [.tell(.probed(number, conflicts: [:]))])
    }

    @Test func withoutAPolicyNothingIsProbed() {
        var machine = machine(.off)
        var actions: [ClaimAction] = []
        let number = machine.probe([request(v4)], at: .seconds(5), &actions)
        #expect(actions == [.tell(.probed(number, conflicts: [:]))])
    }

    @Test func ownFramesAreNoConflict() {
        var machine = machine(claiming: [v4])
        #expect(hear(&machine, hold(v4, own), 5) == [])
        machine.ownMACs = [third]
        #expect(hear(&machine, hold(v4, third), 5) == [])
    }

    @Test func defendsOnceInTenSeconds() {
        var machine = machine(claiming: [v4])
        let key = request(v4).key
        let defence = ClaimAction.send(interface: 3, .v4, [hold(v4, own)])
        #expect(hear(&machine, hold(v4, other), 5) == [.tell(.conflict(key, other)), defence])
        for _ in 0..<100 { #expect(hear(&machine, hold(v4, other), 14) == []) }
        #expect(hear(&machine, hold(v4, other), 15) == [defence])
        #expect(machine.conflicts == [key: other])
        // Two who change places are told of, but not at any pace.
        #expect(hear(&machine, hold(v4, third), 16) == [.tell(.conflict(key, third))])
        for second in 16..<25 { #expect(hear(&machine, hold(v4, second % 2 == 0 ? other : third), second) == []) }
    }

    @Test func warnsWithoutDefence() {
        var machine = machine(.warn, claiming: [v4, v6])
        #expect(hear(&machine, hold(v4, other), 5) == [.tell(.conflict(request(v4).key, other))])
        #expect(hear(&machine, hold(v6, other), 5) == [.tell(.conflict(request(v6).key, other))])
        #expect(hear(&machine, hold(v4, other), 50) == [])
    }

    @Test func offHearsNothing() {
        var machine = machine(.off, claiming: [v4])
        #expect(hear(&machine, hold(v4, other), 5) == [])
    }

    /// Claimed though another has it: in conflict from the beginning, until that one is gone or nobody looks any more.
    @Test func whatIsHeldIsClaimedInConflict() {
        for isSwitchedOff in [false, true] {
            var machine = machine(.warn)
            let key = request(v4).key
            var actions: [ClaimAction] = []
            machine.claim([request(v4)], areVirtual: true, held: [key: other], at: .seconds(5), &actions)
            #expect(actions.last == .tell(.conflict(key, other)))
            #expect(machine.conflicts == [key: other])
            if isSwitchedOff {
                machine.settings.policy = .off
            } else {
                while let deadline = machine.deadline { machine.advance(at: deadline, &actions) }
                #expect(actions.last == .tell(.conflictOver(key)))
            }
            #expect(machine.conflicts.isEmpty)
        }
    }

    /// Only who is silent when asked is gone.
    @Test func conflictEnds() {
        var machine = machine(claiming: [v4])
        let key = request(v4).key
        _ = hear(&machine, hold(v4, other), 5)
        #expect(machine.deadline == .seconds(35))
        var actions: [ClaimAction] = []
        machine.advance(at: .seconds(35), &actions)
        #expect(actions == [.send(interface: 3, .v4, [request(v4).probe])])
        _ = hear(&machine, hold(v4, other), 35)
        machine.advance(at: .seconds(36), &actions)
        #expect(machine.deadline == .seconds(66))
        actions = []
        while let deadline = machine.deadline { machine.advance(at: deadline, &actions) }
        #expect(actions.last == .tell(.conflictOver(key)))
        #expect(machine.conflicts.isEmpty)
        #expect(actions.count == 4)
    }

    /// The kernel answers for IPv4, and for what an interface has.
    @Test func answersForVirtualAddressesOfIPv6() throws {
        let asker = try #require(IPAddress("fe80::1"))
        let question = NeighbourMessage(
            .solicitation,
            from: asker,
            to: v6.solicitedNodeGroup,
            target: v6,
            linkLayer: other
        )
        let answer = NeighbourMessage.answer(v6, from: own, to: asker).frame(from: own, to: other).bytes
        var machine = machine(claiming: [v6])
        #expect(hear(&machine, question.frame(from: other).bytes, 5) == [.send(interface: 3, .v6, [answer])])
        // Who wants the address for itself is told as well, and all others with it.
        let probe = NeighbourMessage.probe(v6).frame(from: other).bytes
        #expect(hear(&machine, probe, 5) == [.send(interface: 3, .v6, [hold(v6, own)])])
        var actions: [ClaimAction] = []
        machine.hear(question.frame(from: other).bytes[...], on: 4, at: .seconds(5), &actions)
        #expect(actions == [], "not on another interface")
        machine.release([request(v6).key])
        #expect(hear(&machine, question.frame(from: other).bytes, 6) == [])

        machine.claim([request(v6)], areVirtual: false, at: .seconds(7), &actions)
        #expect(hear(&machine, question.frame(from: other).bytes, 7) == [])
    }
}
