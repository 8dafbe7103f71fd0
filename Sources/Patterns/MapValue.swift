public import Addresses

/// The value of an entry of a map, as converters give it.
public enum MapValue: Hashable, Sendable {
    case string
    case integer(Int64)
    case address(IPAddress)

    /// nil if it is none of that kind: HAProxy says `unable to parse '…'`.
    public init?(_ text: String, _ output: MapLookup.Output) {
        switch output {
        case .string: self = .string
        case .integer:
            guard let number = Self.integer(text) else { return nil }
            self = .integer(number)
        case .address:
            guard let address = IPAddress(text) else { return nil }
            self = .address(address)
        }
    }

    /// Of nothing 0; what is too large is the largest.
    private static func integer(_ text: String) -> Int64? {
        var digits = Array(text.utf8)[...]
        let isNegative = digits.first == UInt8(ascii: "-")
        if isNegative || digits.first == UInt8(ascii: "+") { digits = digits.dropFirst() }
        guard digits.allSatisfy({ (48...57).contains($0) }) else { return nil }
        if digits.isEmpty { return 0 }
        return Int64((isNegative ? "-" : "") + String(decoding: digits, as: UTF8.self)) ?? (isNegative ? .min : .max)
    }
}
