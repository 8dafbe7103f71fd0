import Addresses
import Guard
import NetworkFiles
import NetworkState
import RuntimeAPI

/// From the proxy's listeners to the guard: which addresses are claimed, and what is let through. It touches nothing; what
/// is to be done comes as actions, in order.
///
/// A new address is probed first; then comes the guard, then the route of an address of its own, then the neighbours are
/// told, and then whoever waits for it.
struct GuardChain {
    enum Action: Equatable {
        /// Ask whether others hold these, and say ``GuardChain/probed(_:_:)``.
        case probe([IPAddress])
        /// Let through what this says, and nothing else.
        case protect(GuardState)
        /// The same, where only this has changed since.
        case change(GuardChange)
        /// Routes of addresses of their own.
        case route(add: [IPAddress], delete: [IPAddress])
        case remember(ClaimedAddresses)
        /// Addresses that are ours now, and who holds which of them all the same.
        case announce([IPAddress], held: [IPAddress: MACAddress] = [:])
        case release([IPAddress])
        case answer(ListenerVerdict)
        /// Ask the proxy to try again what it could not bind.
        case retry
    }

    private(set) var network: GuardNetwork?
    /// What the kernel's is.
    private var applied: GuardNetwork?
    /// What the proxy says; nil: nobody says anything.
    private(set) var listeners: Set<ProxyListener>?
    /// How many of them an address has.
    private var counts: [IPAddress: Int] = [:]
    private(set) var state = GuardState()
    /// What is new of the state: all of it, or this.
    private var isStateNew = false
    private var change = GuardChange()
    private(set) var claimed: ClaimedAddresses
    private var probing: Set<IPAddress> = []
    /// Of what is claimed next: who holds it all the same.
    private var held: [IPAddress: MACAddress] = [:]
    /// Addresses that the proxy listens on, or wants to, and that are none of ours.
    private(set) var outside: Set<IPAddress> = []
    /// Whether anybody can be asked for addresses.
    private let canProbe: Bool
    /// The part of the list that is to be answered.
    private var unanswered: Int?
    private var isDown = false

    init(claimed: ClaimedAddresses = ClaimedAddresses(), canProbe: Bool = true) {
        self.claimed = claimed
        self.canProbe = canProbe
    }

    var isFollowing: Bool { listeners != nil }
    /// Addresses that another host holds.
    var conflicts: [IPAddress: MACAddress] { state.conflicts }

    // MARK: - What happens

    /// A part of the proxy's list.
    mutating func heard(_ part: ListenerStream.Part) -> [Action] {
        var touched: Set<IPAddress> = []
        var known = listeners ?? []
        // Held once: thousands are not copied for one.
        listeners = nil
        if part.isWhole {
            touched.formUnion(claimed.all)
            touched.formUnion(counts.keys)
            touched.formUnion(state.conflicts.keys)
            known = []
            counts = [:]
        }
        for listener in part.removed where known.remove(listener) != nil { count(listener, -1, &touched) }
        for listener in part.added where known.insert(listener).inserted { count(listener, 1, &touched) }
        listeners = known
        if part.isWhole {
            let all = known.compactMap { Listener($0) }
            if state.listeners != Set(all) { (state.listeners, isStateNew) = (Set(all), true) }
        } else {
            // Two frontends may say the same of one place.
            for listener in part.removed { if let gone = Listener(listener) { forget(gone) } }
            for listener in part.added { if let new = Listener(listener) { learn(new) } }
        }
        unanswered = part.sequence
        return settle(touched)
    }

    /// The proxy has gone. What it listened on is closed; the addresses stay claimed until it says what it wants.
    mutating func lost() -> [Action] {
        guard listeners != nil || !state.listeners.isEmpty else { return [] }
        listeners = nil
        counts = [:]
        outside = []
        unanswered = nil
        if !state.listeners.isEmpty { (state.listeners, isStateNew) = ([], true) }
        return settle([])
    }

    /// The network is what this says, or is about to be.
    mutating func changed(_ next: GuardNetwork, isApplied: Bool) -> [Action] {
        let isOther = network != next
        let isNews = isApplied && applied != next
        network = next
        if isApplied { applied = next }
        isDown = false
        // A range that goes is guarded for as long as the kernel takes it for its own.
        let ranges = isApplied ? next.ranges : Set(next.ranges).union(applied?.ranges ?? []).sorted()
        if isOther || ranges != state.ranges {
            (state.policy, state.interfaces, state.ranges) = (next.policy, next.interfaces, ranges)
            isStateNew = true
        }
        var actions = settle(isOther ? Set(counts.keys).union(claimed.all) : [])
        if isNews, listeners?.contains(where: { $0.state == .want }) == true { actions.append(.retry) }
        return actions
    }

    /// Whether something tracks connections in this network namespace.
    mutating func tracks(_ isTracking: Bool) -> [Action] {
        if state.tracksConnections == isTracking { return [] }
        (state.tracksConnections, isStateNew) = (isTracking, true)
        return network == nil ? [] : finish([], [])
    }

    /// `down` was said: nothing of ours is there.
    mutating func wentDown() -> [Action] {
        isDown = true
        network = nil
        let gone = claimed.all
        claimed = ClaimedAddresses()
        (remembered, routed) = (claimed, [])
        (state.claimed, state.conflicts) = ([], [:])
        probing = []
        isStateNew = true
        return (gone.isEmpty ? [] : [.release(gone.sorted())]) + [.remember(claimed)]
    }

    /// What a probe of these addresses found.
    mutating func probed(_ addresses: [IPAddress], _ conflicts: [IPAddress: MACAddress]) -> [Action] {
        guard let network, !isDown else { return [] }
        var fresh: [IPAddress] = []
        for address in addresses where probing.remove(address) != nil {
            guard counts[address] != nil else { continue }
            let holder = conflicts[address]
            note(holder, of: address)
            if holder == nil || network.policy.conflict != .refuse, claim(address, network) { fresh.append(address) }
        }
        return finish(fresh, [])
    }

    /// These are claimed, since nobody could be asked; others hold them.
    mutating func refused(_ holders: [IPAddress: MACAddress]) -> [Action] {
        guard network?.policy.conflict == .refuse, !isDown else { return [] }
        var gone: [IPAddress] = []
        for (address, holder) in holders where claimed.all(contain: address) {
            if release(address) { gone.append(address) }
            note(holder, of: address)
        }
        return finish([], gone)
    }

    /// Asks again for the addresses that others held.
    mutating func probeAgain() -> [Action] {
        let held = Set(state.conflicts.keys).subtracting(claimed.all).subtracting(probing)
        guard !held.isEmpty, canProbe, listeners != nil, !isDown else { return [] }
        probing.formUnion(held)
        return [.probe(held.sorted())]
    }

    // MARK: - What follows

    private mutating func count(_ listener: ProxyListener, _ change: Int, _ touched: inout Set<IPAddress>) {
        let address = listener.endpoint.address
        if address.isUnspecified { return }
        let count = (counts[address] ?? 0) + change
        counts[address] = count > 0 ? count : nil
        touched.insert(address)
    }

    private mutating func learn(_ listener: Listener) {
        if state.listeners.insert(listener).inserted { change.adding.append(listener) }
    }

    private mutating func forget(_ listener: Listener) {
        if state.listeners.remove(listener) != nil { change.removing.append(listener) }
    }

    /// Claims what is to be claimed of these addresses, and lets go of what is not.
    private mutating func settle(_ touched: Set<IPAddress>) -> [Action] {
        // While nothing of ours is there, nobody waits for it.
        if isDown { return answer() }
        guard let network else { return [] }
        var fresh: [IPAddress] = []
        var gone: [IPAddress] = []
        var asked: [IPAddress] = []
        // Whoever comes back wants the same addresses, mostly.
        for address in listeners == nil ? [] : touched {
            let place = counts[address] == nil ? nil : network.place(of: address)
            if place == .outside { outside.insert(address) } else { outside.remove(address) }
            guard place == .range || place == .own else {
                if release(address) { gone.append(address) }
                continue
            }
            if claimed.all(contain: address) {
                // Its range has come or gone.
                move(address, isOwn: place == .own)
                if take(address) { fresh.append(address) }
            } else if network.policy.conflict == .off || !canProbe
                || (network.policy.conflict == .warn && state.conflicts[address] != nil)
            {
                if claim(address, network) { fresh.append(address) }
            } else if !probing.contains(address), state.conflicts[address] == nil {
                probing.insert(address)
                asked.append(address)
            }
        }
        // Last: where the answer is known at once, more follows from it.
        return finish(fresh, gone) + (asked.isEmpty ? [] : [.probe(asked.sorted())])
    }

    /// False if it is ours already, or cannot be any more.
    private mutating func claim(_ address: IPAddress, _ network: GuardNetwork) -> Bool {
        let place = network.place(of: address)
        guard place == .range || place == .own, !claimed.all(contain: address) else { return false }
        move(address, isOwn: place == .own)
        _ = take(address)
        return true
    }

    private mutating func take(_ address: IPAddress) -> Bool {
        guard state.claimed.insert(address).inserted else { return false }
        change.claiming.append(address)
        // Whether it is so still is found out by who watches what is claimed.
        if let holder = state.conflicts[address] {
            held[address] = holder
            note(nil, of: address)
        }
        return true
    }

    private mutating func note(_ holder: MACAddress?, of address: IPAddress) {
        guard state.conflicts[address] != holder else { return }
        state.conflicts[address] = holder
        change.conflicts.updateValue(holder, forKey: address)
    }

    private mutating func move(_ address: IPAddress, isOwn: Bool) {
        if isOwn {
            claimed.inRanges.remove(address)
            claimed.own.insert(address)
        } else {
            claimed.own.remove(address)
            claimed.inRanges.insert(address)
        }
    }

    private mutating func release(_ address: IPAddress) -> Bool {
        probing.remove(address)
        note(nil, of: address)
        let wasOwn = claimed.own.remove(address) != nil
        let wasClaimed = claimed.inRanges.remove(address) != nil || wasOwn
        if state.claimed.remove(address) != nil { change.releasing.append(address) }
        return wasClaimed
    }

    /// What was remembered last.
    private var remembered: ClaimedAddresses?
    /// Addresses of their own that have a route.
    private var routed: Set<IPAddress> = []

    private mutating func finish(_ fresh: [IPAddress], _ gone: [IPAddress]) -> [Action] {
        var actions: [Action] = []
        if isStateNew {
            actions.append(.protect(state))
        } else if change != GuardChange(), state.policy.isEnabled {
            actions.append(.change(change))
        }
        (isStateNew, change) = (false, GuardChange())
        if remembered != claimed {
            // Before the route: whoever compares the kernel with what is wanted reads it.
            actions.append(.remember(claimed))
            remembered = claimed
        }
        if applied == network, let ranges = network?.ranges {
            // The route of a range of one address is the very same one: it is the network's from here on.
            routed = routed.filter { claimed.own.contains($0) || !ranges.contains(IPNetwork($0)) }
        }
        let new = claimed.own.subtracting(routed)
        var old = routed.subtracting(claimed.own)
        // The route goes when the range that takes its place is there.
        if applied != network { old.subtract(claimed.inRanges) }
        if !new.isEmpty || !old.isEmpty {
            actions.append(.route(add: new.sorted(), delete: old.sorted()))
            routed = routed.union(new).subtracting(old)
        }
        if !gone.isEmpty { actions.append(.release(gone.sorted())) }
        if !fresh.isEmpty { actions.append(.announce(fresh.sorted(), held: held)) }
        held = [:]
        return actions + answer()
    }

    private mutating func answer() -> [Action] {
        guard probing.isEmpty, let sequence = unanswered else { return [] }
        unanswered = nil
        return [.answer(ListenerVerdict(sequence: sequence, conflicts: state.conflicts, outside: outside))]
    }
}
