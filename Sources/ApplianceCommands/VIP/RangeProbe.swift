internal import Addresses
internal import Discovery
internal import Explanation
internal import Netlink
internal import NetworkState
internal import ProxyConfig

/// Asks the links whether other hosts have addresses of ranges.
enum RangeProbe {
    /// So many addresses are asked for at most.
    static let most = 4096

    /// Every address of the ranges; nil if these are more than ``most``.
    static func addresses(of ranges: [AddressRange]) -> [IPAddress]? {
        let count = ranges.reduce(0) { min($0 + RangeUse($1, []).size, Double(most) + 1) }
        return count <= Double(most) ? Set(ranges.flatMap { $0.addresses }).sorted() : nil
    }

    /// Asks for those that lie in a network of ours and are not our own.
    static func run(
        _ addresses: [IPAddress]
    ) throws -> (asked: [IPAddress], state: ActualState, outcome: AddressProbe.Outcome) {
        let state = try ActualState.read(try NetlinkSocket())
        let probe = ConflictProbe(state)
        let asked = addresses.filter { probe.isOnLink($0) }
        return (asked, state, try probe.run(asked))
    }
}

extension AddressRange {
    /// Every one of them. For ranges that were found to be small.
    fileprivate var addresses: [IPAddress] {
        (0...(last.number - first.number)).map { IPAddress(family: family, number: first.number + $0) }
    }
}
