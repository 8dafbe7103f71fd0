/// A value that few elements of a long list have, or many have the same: it lies outside the list, and the usual one
/// nowhere. Thousands of servers take a third of the memory.
@propertyWrapper
public struct Seldom<Value: Hashable & Sendable & HasUsualValue>: Hashable, Sendable {
    private final class Box: Sendable {
        let value: Value

        init(_ value: Value) { self.value = value }
    }

    private var box: Box?

    public init(wrappedValue: Value) { box = wrappedValue == .usual ? nil : Box(wrappedValue) }

    public var wrappedValue: Value {
        get { box?.value ?? .usual }
        set { box = newValue == .usual ? nil : Box(newValue) }
    }

    /// Lies where `other` does if it is the same.
    mutating func share(_ other: Self) { if self == other { box = other.box } }

    public static func == (a: Self, b: Self) -> Bool { a.box === b.box || a.wrappedValue == b.wrappedValue }

    public func hash(into hasher: inout Hasher) { hasher.combine(wrappedValue) }
}

/// What a ``Seldom`` value mostly is.
public protocol HasUsualValue {
    static var usual: Self { get }
}

extension Optional: HasUsualValue {
    public static var usual: Self { nil }
}

extension ConnectionOptions: HasUsualValue {
    public static let usual = ConnectionOptions()
}
