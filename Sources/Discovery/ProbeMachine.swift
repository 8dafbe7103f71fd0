public import Addresses

/// One probing of any number of addresses, all in parallel: times and sightings in, probes and conflicts out; it
/// touches nothing.
public struct ProbeMachine: Sendable {
    public let requests: [AddressProbe.Request]
    /// Who has which address, as far as is known.
    public private(set) var conflicts: [ClaimKey: MACAddress] = [:]
    private let keys: Set<ClaimKey>
    /// From each probe to the next, and from the last to the verdict.
    private let gaps: [Duration]
    private var sent = 0
    private var next: Duration
    public private(set) var isFinished = false

    /// - Parameters:
    ///   - requests: What is to be probed.
    ///   - timing: When.
    ///   - now: The time; any clock.
    ///   - random: For the waits that are chosen at random.
    public init(
        _ requests: [AddressProbe.Request],
        _ timing: AddressProbe.Timing,
        at now: Duration,
        _ random: inout some RandomNumberGenerator
    ) {
        self.requests = requests
        keys = Set(requests.map { $0.key })
        next = now + timing.delay(&random)
        gaps = timing.gaps(&random)
        isFinished = requests.isEmpty
    }

    /// When ``advance(at:)`` has something to do; nil once it is finished.
    public var deadline: Duration? { isFinished ? nil : next }

    /// What is to be probed now. A late call makes all that follows later: probes never come in a burst, and the
    /// verdict never sooner after the last one than the timing says.
    public mutating func advance(at now: Duration) -> [AddressProbe.Request] {
        guard !isFinished, next <= now else { return [] }
        if sent == gaps.count {
            isFinished = true
            return []
        }
        next = now + gaps[sent]
        sent += 1
        return requests.filter { conflicts[$0.key] == nil }
    }

    /// What was seen on an interface. Own MAC addresses must have been left out.
    public mutating func hear(_ sighting: Sighting, on interface: Int) {
        let key = ClaimKey(interface, sighting.address)
        guard !isFinished, keys.contains(key) else { return }
        // Who asks for its MAC address takes it for another's.
        if case .asks = sighting.meaning { return }
        // The one who has it counts, not another that wants it.
        if conflicts[key] == nil || sighting.meaning == .holds { conflicts[key] = sighting.mac }
        // Of those that are known nothing more is to be learned.
        if conflicts.count == keys.count { isFinished = true }
    }
}
