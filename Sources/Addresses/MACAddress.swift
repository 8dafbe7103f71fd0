/// An Ethernet address: `00:50:56:b4:ca:fd`.
public struct MACAddress: Hashable, Sendable {
    /// Six bytes in transmission order.
    public let bytes: [UInt8]

    /// nil unless there are six bytes.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 6 else { return nil }
        self.bytes = Array(bytes)
    }
}

extension MACAddress: LosslessStringConvertible {
    /// Six groups of two hexadecimal digits, separated by `:` or `-`, in either case.
    public init?(_ description: String) {
        let separator: Character = description.contains("-") ? "-" : ":"
        let parts = description.split(separator: separator, omittingEmptySubsequences: false)
        let bytes = parts.compactMap { part -> UInt8? in
            guard part.utf8.count == 2, part.utf8.allSatisfy({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-") })
            else { return nil }
            return UInt8(part, radix: 16)
        }
        guard parts.count == 6, bytes.count == 6 else { return nil }
        self.bytes = bytes
    }

    public var description: String {
        Hexadecimal.text(bytes, separator: ":")
    }
}
