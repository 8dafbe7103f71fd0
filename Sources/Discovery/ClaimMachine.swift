public import Addresses

/// The mind of the address claims: probes what is to be claimed, announces what is, watches for others that use it, and
/// answers IPv6's questions for virtual addresses. Frames and times in, actions out; it touches nothing.
public struct ClaimMachine: Sendable {
    public struct Settings: Sendable, Hashable {
        public var timing = AddressProbe.Timing.fast
        public var policy = ConflictPolicy.refuse
        /// How often a claimed address is announced: ANNOUNCE_NUM of RFC 5227.
        public var announcements = 2
        /// ANNOUNCE_INTERVAL of RFC 5227.
        public var announcementSpacing = Duration.seconds(2)
        /// An address is not defended more often: DEFEND_INTERVAL of RFC 5227. Nor is another MAC address told.
        public var defence = Duration.seconds(10)
        /// So long after the last frame of another host, it is asked whether it is there still.
        public var recheck = Duration.seconds(30)

        public init() {}
    }

    /// A claimed address.
    struct Claim: Sendable {
        var request: AddressProbe.Request
        /// A virtual address: the kernel answers no neighbour solicitation for it.
        var answers: Bool
        var conflict: Conflict?
        var defendedAt: Duration?
    }

    struct Conflict: Sendable {
        var mac: MACAddress
        var toldAt: Duration
        var seenAt: Duration
        var isBeingAsked = false
    }

    private enum Purpose {
        /// Somebody waits for the verdict.
        case asked
        /// Whether a conflict is over.
        case recheck
    }

    private struct Round {
        var at: Duration
        var left: Int
        var keys: [ClaimKey]
    }

    public var settings: Settings {
        didSet { if settings.policy == .off { forgetConflicts() } }
    }
    /// MAC addresses of this machine's interfaces: their frames are no other host's.
    public var ownMACs: Set<MACAddress>
    var claims: [ClaimKey: Claim] = [:]
    private var probings: [Int: (machine: ProbeMachine, purpose: Purpose)] = [:]
    private var rounds: [Round] = []
    /// Claimed addresses that others use.
    private var contested: Set<ClaimKey> = []
    private var nextNumber = 1
    private var random: any RandomNumberGenerator & Sendable

    public init(
        _ settings: Settings = Settings(),
        ownMACs: Set<MACAddress> = [],
        random: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator()
    ) {
        self.settings = settings
        self.ownMACs = ownMACs
        self.random = random
    }

    // MARK: - What is asked of it

    /// Begins to probe; ``ClaimEvent/probed(_:conflicts:)`` follows with the number that is given. An address that is
    /// claimed already on its interface is not probed, and is free.
    public mutating func probe(_ requests: [AddressProbe.Request], at now: Duration, _ actions: inout [ClaimAction])
        -> Int
    {
        ownMACs.formUnion(requests.lazy.map { $0.mac })
        let wanted = settings.policy == .off ? [] : requests.filter { claims[$0.key] == nil }
        let number = begin(wanted, .asked, now)
        advance(now, &actions)
        return number
    }

    /// From now on these are ours: announced, watched, and for virtual addresses of IPv6 answered for. What is claimed
    /// already stays as it is. Who uses one of them all the same, by `held`, is in conflict from the beginning.
    public mutating func claim(
        _ requests: [AddressProbe.Request],
        areVirtual: Bool,
        held: [ClaimKey: MACAddress] = [:],
        at now: Duration,
        _ actions: inout [ClaimAction]
    ) {
        let new = requests.filter { claims[$0.key]?.request != $0 }
        ownMACs.formUnion(new.lazy.map { $0.mac })
        for request in new { claims[request.key] = Claim(request: request, answers: areVirtual) }
        announce(new.map { $0.key }, at: now, &actions)
        for (key, mac) in held { contest(key, mac, now, &actions) }
    }

    /// These are not ours any more.
    public mutating func release(_ keys: some Sequence<ClaimKey>) {
        for key in keys {
            claims[key] = nil
            contested.remove(key)
        }
    }

    /// Announces claimed addresses anew: their link has come back, or another node had them. Others are left out.
    public mutating func announce(_ keys: [ClaimKey], at now: Duration, _ actions: inout [ClaimAction]) {
        let known = keys.filter { claims[$0] != nil }
        if known.isEmpty || settings.announcements < 1 { return }
        rounds.append(Round(at: now, left: settings.announcements, keys: known))
        advance(now, &actions)
    }

    // MARK: - What it hears

    /// A frame of an interface.
    public mutating func hear(
        _ frame: ArraySlice<UInt8>,
        on interface: Int,
        at now: Duration,
        _ actions: inout [ClaimAction]
    ) {
        for sighting in Sighting.read(frame) where !ownMACs.contains(sighting.mac) {
            for number in probings.keys { probings[number]?.machine.hear(sighting, on: interface) }
            hear(sighting, ClaimKey(interface, sighting.address), now, &actions)
        }
    }

    private mutating func hear(
        _ sighting: Sighting,
        _ key: ClaimKey,
        _ now: Duration,
        _ actions: inout [ClaimAction]
    ) {
        guard let claim = claims[key] else { return }
        let request = claim.request
        switch sighting.meaning {
        case .asks(let asker):
            if !claim.answers { return }
            let answer = NeighbourMessage.answer(request.address, from: request.mac, to: asker)
            send([answer.frame(from: request.mac, to: sighting.mac).bytes], key, &actions)
        case .probes:
            // The kernel answers for IPv4, and for addresses of interfaces.
            if claim.answers, key.address.family == .v6 { send([request.announcement], key, &actions) }
        case .holds: contest(key, sighting.mac, now, &actions)
        }
    }

    /// Nobody looks any more.
    private mutating func forgetConflicts() {
        for key in contested { claims[key]?.conflict = nil }
        contested = []
    }

    /// Another host uses what is ours.
    private mutating func contest(
        _ key: ClaimKey,
        _ mac: MACAddress,
        _ now: Duration,
        _ actions: inout [ClaimAction]
    ) {
        guard var claim = claims[key], settings.policy != .off else { return }
        var conflict = claim.conflict ?? Conflict(mac: mac, toldAt: now, seenAt: now)
        let isNews = claim.conflict == nil || conflict.mac != mac && conflict.toldAt + settings.defence <= now
        conflict.seenAt = now
        if isNews {
            (conflict.mac, conflict.toldAt) = (mac, now)
            actions.append(.tell(.conflict(key, mac)))
        }
        claim.conflict = conflict
        contested.insert(key)
        if settings.policy == .refuse, claim.defendedAt.map({ $0 + settings.defence <= now }) ?? true {
            claim.defendedAt = now
            send([claim.request.announcement], key, &actions)
        }
        claims[key] = claim
    }

    // MARK: - Time

    /// When ``advance(at:_:)`` has something to do; nil: never.
    public var deadline: Duration? {
        let probes = probings.values.compactMap { $0.machine.deadline ?? .zero }
        let checks = contested.compactMap { recheck($0) }
        return [probes.min(), rounds.lazy.map { $0.at }.min(), checks.min()].compactMap { $0 }.min()
    }

    private func recheck(_ key: ClaimKey) -> Duration? {
        claims[key]?.conflict.flatMap { $0.isBeingAsked ? nil : $0.seenAt + settings.recheck }
    }

    /// Does what is due.
    public mutating func advance(at now: Duration, _ actions: inout [ClaimAction]) {
        recheck(now)
        advance(now, &actions)
    }

    private mutating func advance(_ now: Duration, _ actions: inout [ClaimAction]) {
        for number in probings.keys.sorted() {
            guard let due = probings[number]?.machine.advance(at: now) else { continue }
            send(due.map { ($0, $0.probe) }, &actions)
            if let (machine, purpose) = probings[number], machine.isFinished {
                probings[number] = nil
                finish(number, machine, purpose, now, &actions)
            }
        }
        announceDue(now, &actions)
    }

    private mutating func announceDue(_ now: Duration, _ actions: inout [ClaimAction]) {
        for index in rounds.indices where rounds[index].at <= now {
            let requests = rounds[index].keys.compactMap { claims[$0]?.request }
            send(requests.map { ($0, $0.announcement) }, &actions)
            rounds[index].left -= 1
            rounds[index].at = now + settings.announcementSpacing
        }
        rounds.removeAll { $0.left == 0 }
    }

    /// Asks those who have been silent for a while.
    private mutating func recheck(_ now: Duration) {
        let due = contested.filter { key in recheck(key).map { $0 <= now } ?? false }
        if due.isEmpty { return }
        for key in due { claims[key]?.conflict?.isBeingAsked = true }
        _ = begin(due.compactMap { claims[$0]?.request }, .recheck, now)
    }

    private mutating func begin(_ requests: [AddressProbe.Request], _ purpose: Purpose, _ now: Duration) -> Int {
        defer { nextNumber += 1 }
        probings[nextNumber] = (ProbeMachine(requests, settings.timing, at: now, &random), purpose)
        return nextNumber
    }

    private mutating func finish(
        _ number: Int,
        _ machine: ProbeMachine,
        _ purpose: Purpose,
        _ now: Duration,
        _ actions: inout [ClaimAction]
    ) {
        switch purpose {
        case .asked: actions.append(.tell(.probed(number, conflicts: machine.conflicts)))
        case .recheck:
            for request in machine.requests {
                claims[request.key]?.conflict?.isBeingAsked = false
                if machine.conflicts[request.key] != nil {
                    claims[request.key]?.conflict?.seenAt = now
                } else if contested.remove(request.key) != nil {
                    claims[request.key]?.conflict = nil
                    actions.append(.tell(.conflictOver(request.key)))
                }
            }
        }
    }

    /// Who else uses what is claimed.
    public var conflicts: [ClaimKey: MACAddress] {
        Dictionary(uniqueKeysWithValues: contested.compactMap { key in claims[key]?.conflict.map { (key, $0.mac) } })
    }

    /// Whether anything may still be sent by a socket, though it need not hear anything.
    func uses(_ key: SocketKey) -> Bool { claims.values.contains { SocketKey($0.request) == key } }

    /// What is listened to, by socket: addresses that are claimed or being probed.
    var addresses: [SocketKey: Set<IPAddress>] {
        var result: [SocketKey: Set<IPAddress>] = [:]
        let isWatching = settings.policy != .off
        for claim in claims.values where isWatching || claim.answers && claim.request.address.family == .v6 {
            result[SocketKey(claim.request), default: []].insert(claim.request.address)
        }
        for (machine, _) in probings.values {
            for request in machine.requests { result[SocketKey(request), default: []].insert(request.address) }
        }
        return result
    }
}
