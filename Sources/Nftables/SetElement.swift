public import Addresses

/// An element of a set, or an entry of a map.
public struct SetElement: Hashable, Sendable, Codable {
    /// What a map has for the key.
    public enum Value: Hashable, Sendable, Codable {
        case bytes([UInt8])
        case verdict(Verdict)
    }

    /// The key as the kernel has it; of an interval its first.
    public var first: [UInt8]
    /// The last key of an interval, which belongs to it; nil in a set without intervals.
    public var last: [UInt8]?
    public var value: Value?

    public init(first: [UInt8], last: [UInt8]? = nil, value: Value? = nil) {
        self.first = first
        self.last = last
        self.value = value
    }

    /// `{ 10.13.200.33 . 80 }`
    public init(_ values: KeyValue..., maps value: Value? = nil) {
        self.init(first: KeyValue.key(values), value: value)
    }

    /// `{ 10.13.200.32/27 }`
    public init(_ network: IPNetwork) { self.init(first: network.first.bytes, last: network.last.bytes) }

    /// `{ 10.13.200.33-10.13.200.62 }`, and of concatenations field by field: `{ 80 . 10.13.200.0/24 }`.
    public init(from first: [KeyValue], through last: [KeyValue], maps value: Value? = nil) {
        self.init(first: KeyValue.key(first), last: KeyValue.key(last), value: value)
    }

    /// The key alone: sets of thousands are compared, and a key has one value.
    public func hash(into hasher: inout Hasher) {
        first.withUnsafeBytes { hasher.combine(bytes: $0) }
        if let last { last.withUnsafeBytes { hasher.combine(bytes: $0) } }
    }
}
