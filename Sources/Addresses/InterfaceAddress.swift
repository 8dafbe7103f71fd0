/// An interface's address with the length of its network's prefix: `10.13.201.10/24`.
public struct InterfaceAddress: Hashable, Sendable {
    public let address: IPAddress
    public let prefixLength: Int

    /// nil if the prefix is longer than the address.
    public init?(_ address: IPAddress, prefixLength: Int) {
        guard (0...address.family.bits).contains(prefixLength) else { return nil }
        self.address = address
        self.prefixLength = prefixLength
    }

    /// The network the address lies in.
    public var network: IPNetwork {
        IPNetwork(containing: address, prefixLength: prefixLength) ?? IPNetwork(address)
    }
}

extension InterfaceAddress: LosslessStringConvertible {
    public init?(_ description: String) {
        let parts = description.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let address = IPAddress(parts[0]),
            let prefixLength = decimal(parts[1], most: address.family.bits),
            parts[1].utf8.count == 1 || parts[1].utf8.first != UInt8(ascii: "0")
        else { return nil }
        self.address = address
        self.prefixLength = prefixLength
    }

    public var description: String { "\(address)/\(prefixLength)" }
}
