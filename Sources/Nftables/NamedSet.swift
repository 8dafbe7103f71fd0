/// A set or a map of a table: `set bound4 { type ipv4_addr . inet_service; }`.
public struct NamedSet: Hashable, Sendable, Codable {
    /// What a map has for each key.
    public enum Target: Hashable, Sendable, Codable {
        case value(KeyType)
        case verdict
    }

    /// At most 31 bytes.
    public var name: String
    /// One field, or several: a concatenation.
    public var key: [KeyType]
    /// nil: a set.
    public var target: Target?
    /// `flags interval`: elements are ranges, and none overlaps another.
    public var isInterval: Bool
    public var elements: Set<SetElement>

    public init(
        _ name: String,
        _ key: KeyType...,
        maps target: Target? = nil,
        isInterval: Bool = false,
        elements: Set<SetElement> = []
    ) {
        self.init(name, key: key, maps: target, isInterval: isInterval, elements: elements)
    }

    public init(
        _ name: String,
        key: [KeyType],
        maps target: Target? = nil,
        isInterval: Bool = false,
        elements: Set<SetElement> = []
    ) {
        self.name = name
        self.key = key
        self.target = target
        self.isInterval = isInterval
        self.elements = elements
    }

    /// Whether the kernel could change one into the other by its elements alone.
    func isSameKind(as other: NamedSet) -> Bool {
        key == other.key && target == other.target && isInterval == other.isInterval
    }
}
