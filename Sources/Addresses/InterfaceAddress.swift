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
        guard let slash = description.utf8.firstIndex(of: UInt8(ascii: "/")) else { return nil }
        let length = description[description.utf8.index(after: slash)...]
        guard let address = IPAddress(description[..<slash]),
            let prefixLength = decimal(length, most: address.family.bits),
            length.utf8.count == 1 || length.utf8.first != UInt8(ascii: "0")
        else { return nil }
        self.address = address
        self.prefixLength = prefixLength
    }

    public var description: String { "\(address)/\(prefixLength)" }
}
