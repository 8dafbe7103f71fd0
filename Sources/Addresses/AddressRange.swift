/// All addresses from the first to the last: a network (`10.13.200.32/27`), or any two ends
/// (`10.13.200.33-10.13.200.62`).
public struct AddressRange: Hashable, Sendable {
    public let first: IPAddress
    /// Not before ``first``, and of its family.
    public let last: IPAddress

    /// nil if the ends are of two families, or the last comes before the first.
    public init?(_ first: IPAddress, _ last: IPAddress) {
        guard first.family == last.family, first <= last else { return nil }
        self.first = first
        self.last = last
    }

    public init(_ network: IPNetwork) {
        first = network.first
        last = network.last
    }

    public var family: IPAddress.Family { first.family }

    public func contains(_ address: IPAddress) -> Bool { address.family == family && (first...last).contains(address) }

    public func overlaps(_ other: AddressRange) -> Bool {
        family == other.family && first <= other.last && other.first <= last
    }

    /// The network that has the same addresses; nil if it takes several.
    public var network: IPNetwork? {
        let networks = networks
        return networks.count == 1 ? networks[0] : nil
    }

    /// The fewest networks that hold these addresses and no others, in order.
    public var networks: [IPNetwork] {
        let bits = family.bits
        var networks: [IPNetwork] = []
        var start = first.number
        while true {
            // The largest network that begins here and does not go past the end.
            let rest = last.number - start
            var free = min(bits, start == 0 ? bits : start.trailingZeroBitCount)
            while free > 0, IPNetwork.hostMask(first.family, bits - free) > rest { free -= 1 }
            let address = IPAddress(family: family, number: start)
            guard let network = IPNetwork(containing: address, prefixLength: bits - free) else { return networks }
            networks.append(network)
            if network.last == last { return networks }
            start = network.last.number + 1
        }
    }
}

extension AddressRange: LosslessStringConvertible {
    /// A network, or two addresses with `-` between them.
    public init?(_ description: String) {
        if let network = IPNetwork(description) {
            self.init(network)
            return
        }
        let ends = description.split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count == 2, let first = IPAddress(ends[0]), let last = IPAddress(ends[1]) else { return nil }
        self.init(first, last)
    }

    /// In CIDR notation if it is one network.
    public var description: String { network.map { $0.description } ?? "\(first)-\(last)" }
}

extension AddressRange: Comparable {
    public static func < (a: AddressRange, b: AddressRange) -> Bool { (a.first, a.last) < (b.first, b.last) }
}
