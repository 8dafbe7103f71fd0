/// A value that no output shows: descriptions, dumps and reflection say `<secret>`.
public struct Secret: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    private let value: String

    public init(_ value: String) { self.value = value }

    /// The value itself, for the one place that uses it: hashing a password, writing a key.
    public func revealed() -> String { value }

    /// A new one that can be typed: groups of five letters and digits, none of which looks like another; each group has
    /// 24 random bits (getrandom(2)).
    public static func random(groups: Int) -> Secret {
        let letters = Array("abcdefghjkmnpqrstuvwxyz23456789")
        let words = (0..<groups).map { _ in String((0..<5).map { _ in letters[Int.random(in: letters.indices)] }) }
        return Secret(words.joined(separator: "-"))
    }

    public var description: String { "<secret>" }
    public var debugDescription: String { "<secret>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
