internal import Addresses
internal import Discovery
internal import Glibc
internal import Netlink

/// What the hosts of the links say about addresses that are about to be added.
struct NeighbourAnswers {
    let policy: ConflictPolicy
    let timing: AddressProbe.Timing
    /// Nobody is asked twice in one change.
    var asked: Set<LinkAddress.Key> = []
    /// Addresses that are not added, because another host has them.
    var held: [LinkAddress.Key: MACAddress] = [:]
    /// What did not go well and keeps nothing from being done.
    var warnings: [String] = []

    init(_ policy: ConflictPolicy, _ timing: AddressProbe.Timing = .fast) {
        self.policy = policy
        self.timing = timing
    }
}

extension NetworkReconciler {
    /// Asks the links of the addresses that a batch adds whether another host has them: 150 ms for all of them.
    ///
    /// An address that its interface has already, with another prefix length, is not asked for.
    ///
    /// - Returns: Whether one of them must not be added: the plan is to be made anew without it.
    func isRefused(_ batch: ArraySlice<Operation>, _ state: ActualState, _ names: InterfaceNames) -> Bool {
        guard asksNeighbours, answers.policy != .off else { return false }
        let new = batch.compactMap { $0.newAddress }.filter { address in
            !state.addresses.contains {
                $0.interface == address.interface && $0.address.address == address.address.address
            }
        }
        let requests = requests(for: new.filter { answers.asked.insert($0.key).inserted }, state)
        if requests.isEmpty { return false }
        waitForCarrier(Set(requests.map { $0.interface }))
        let outcome: AddressProbe.Outcome
        do {
            let own = Set(state.links.compactMap { $0.mac })
            outcome = try AddressProbe.run(requests, timing: answers.timing, ownMACs: own)
        } catch {
            answers.warnings.append("nobody could be asked whether an address is in use: \(error)")
            return false
        }
        // Where there is no link nobody answers, and nobody is in the way.
        var isRefused = false
        for address in new {
            guard let mac = outcome.conflicts[address.address.address] else { continue }
            if answers.policy == .refuse {
                answers.held[address.key] = mac
                isRefused = true
            } else {
                answers.warnings.append("address \(address.text(names)): another host has it, \(mac)")
            }
        }
        return isRefused
    }

    /// Tells the links of the addresses that a batch has added: who knew another holder takes us.
    func announce(_ batch: ArraySlice<Operation>, _ state: ActualState) {
        guard tellsNeighbours, answers.policy != .off else { return }
        let requests = requests(for: batch.compactMap { $0.newAddress }, state)
        // Who is not told now finds out by asking.
        if !requests.isEmpty { try? AddressProbe.announce(requests) }
    }

    private func requests(for addresses: [LinkAddress], _ state: ActualState) -> [AddressProbe.Request] {
        addresses.compactMap { address in
            guard let link = state.links.first(where: { $0.index == address.interface }), let mac = link.mac else {
                return nil
            }
            return AddressProbe.Request(address.address.address, interface: address.interface, mac: mac)
        }
    }

    /// A link that was set up just now carries nothing yet. One without a cable is not waited for longer than a second.
    private func waitForCarrier(_ interfaces: Set<Int>) {
        for _ in 0..<100 {
            guard let links = try? socket?.links() else { return }
            if !links.contains(where: { interfaces.contains($0.index) && $0.isUp && !$0.isRunning }) { return }
            poll(nil, 0, 10)
        }
    }
}

extension Operation {
    fileprivate var newAddress: LinkAddress? {
        if case .addAddress(let address) = action { address } else { nil }
    }
}
