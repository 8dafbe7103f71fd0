public import Diagnostics

/// A property as it was written. Its value may be a password, so neither description nor reflection shows it.
public struct OVFProperty: Sendable, Hashable, CustomStringConvertible, CustomReflectable {
    /// Class and key: `network.management_ip`.
    public var key: String
    public var value: String
    /// Of the property's tag or key; nil if it was not read from a document.
    public var position: SourcePosition?

    public init(_ key: String, _ value: String, at position: SourcePosition? = nil) {
        self.key = key
        self.value = value
        self.position = position
    }

    /// The value without blanks around it; nil if it is empty or `null`, as vCenter and scripts write what nobody filled in.
    public var text: String? {
        let text = value.trimmed
        return text.isEmpty || text == "null" ? nil : text
    }

    public var description: String { key }
    public var customMirror: Mirror { Mirror(self, children: ["key": key]) }
}
