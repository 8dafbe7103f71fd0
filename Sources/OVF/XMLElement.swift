public import Diagnostics

/// A name with the namespace that it is in: what two names are compared by. Prefixes are only spelling.
public struct XMLName: Hashable, Sendable {
    /// Empty for a name in no namespace, as every attribute without a prefix is (Namespaces in XML 1.0, section 6.2).
    public var namespace: String
    public var local: String

    public init(_ namespace: String, _ local: String) {
        self.namespace = namespace
        self.local = local
    }
}

/// An attribute with its references resolved and blanks normalized (XML 1.0, section 3.3.3).
public struct XMLAttribute: Hashable, Sendable {
    public var name: XMLName
    public var value: String
    /// Of its name.
    public var position: SourcePosition
    /// Of the first character between the quotes.
    public var valuePosition: SourcePosition
}

/// An element and what is in it. Comments and processing instructions are left out; texts are joined.
public struct XMLElement: Hashable, Sendable {
    public var name: XMLName
    /// Without namespace declarations.
    public var attributes: [XMLAttribute]
    public var children: [XMLElement]
    public var text: String
    /// Of its `<`.
    public var position: SourcePosition

    public func attribute(_ name: XMLName) -> XMLAttribute? {
        attributes.first { $0.name == name }
    }

    public func children(_ name: XMLName) -> [XMLElement] {
        children.filter { $0.name == name }
    }
}
