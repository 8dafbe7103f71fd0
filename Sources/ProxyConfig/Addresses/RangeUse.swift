public import Addresses

/// Which addresses of a range of virtual addresses are bound, and by which frontends.
public struct RangeUse: Sendable, Hashable {
    /// One bound address.
    public struct Address: Sendable, Hashable {
        public var address: IPAddress
        /// Names of frontends and `listen` sections, each once.
        public var frontends: [String]
    }

    public var range: AddressRange
    /// In order.
    public var addresses: [Address]

    public init(_ range: AddressRange, _ binds: [BindAddresses.Bind]) {
        self.range = range
        addresses = Self.addresses(binds.filter { range.contains($0.address) })
    }

    /// The addresses of binds with their frontends.
    public static func addresses(_ binds: [BindAddresses.Bind]) -> [Address] {
        var frontends: [IPAddress: [String]] = [:]
        for bind in binds where frontends[bind.address]?.contains(bind.frontend) != true {
            frontends[bind.address, default: []].append(bind.frontend)
        }
        return frontends.sorted { $0.key < $1.key }.map { Address(address: $0.key, frontends: $0.value) }
    }

    /// How many addresses the range has; exact below 2^53.
    public var size: Double { Double(range.last.number - range.first.number) + 1 }
    public var used: Int { addresses.count }
    /// From 0 to 1.
    public var utilisation: Double { Double(used) / size }

    /// `10.13.200.34 of frontend web, 10.13.200.35 of listen api, and 3 more`
    public static func words(_ binds: [BindAddresses.Bind]) -> String {
        let places = binds.prefix(10).map { "\($0.address) of \($0.kind) \($0.frontend)" }
        return places.joined(separator: ", ") + (binds.count > 10 ? ", and \(binds.count - 10) more" : "")
    }
}
