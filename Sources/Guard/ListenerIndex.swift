import Addresses

/// Which ports of an address are listened on, however many frontends do.
struct ListenerIndex: Hashable, Sendable {
    private var counts: [IPAddress: [UInt16: Int]] = [:]

    init(_ listeners: some Sequence<Listener>) {
        for listener in listeners { insert(listener) }
    }

    mutating func insert(_ listener: Listener) {
        counts[listener.address, default: [:]][listener.port, default: 0] += 1
    }

    mutating func remove(_ listener: Listener) {
        guard let count = counts[listener.address]?[listener.port] else { return }
        counts[listener.address]?[listener.port] = count > 1 ? count - 1 : nil
        if counts[listener.address]?.isEmpty == true { counts[listener.address] = nil }
    }

    var addresses: some Sequence<IPAddress> { counts.keys }

    func ports(of address: IPAddress) -> [UInt16] { counts[address].map { Array($0.keys) } ?? [] }

    /// The ports of listeners that are bound to no address.
    var wildcardPorts: Set<UInt16> {
        Set(IPAddress.Family.allCases.flatMap { ports(of: IPAddress(family: $0, number: 0)) })
    }
}
