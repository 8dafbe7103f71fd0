package import Addresses

/// Ranges of addresses, to be asked for thousands of addresses: sorted, and those that overlap put together.
package struct RangeIndex: Hashable, Sendable {
    /// In order, and none touches the one before it with an address of its own.
    private(set) var ranges: [AddressRange] = []

    package init(_ networks: [IPNetwork]) {
        for network in networks.sorted() {
            let next = AddressRange(network)
            if let last = ranges.last, last.overlaps(next) {
                if let both = AddressRange(last.first, max(last.last, next.last)) { ranges[ranges.count - 1] = both }
            } else {
                ranges.append(next)
            }
        }
    }

    package func contains(_ address: IPAddress) -> Bool {
        var low = 0
        var high = ranges.count
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].last < address { low = middle + 1 } else { high = middle }
        }
        return low < ranges.count && ranges[low].contains(address)
    }
}
