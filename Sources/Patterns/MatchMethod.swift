/// How a sample is compared with patterns (configuration manual, 7.1.3): what `-m` names.
public enum MatchMethod: UInt8, Sendable, Hashable, CaseIterable {
    case found
    case bool
    case int
    case ip
    case bin
    case len
    case str
    case beg
    case sub
    case dir
    case dom
    case end
    case reg
    /// As ``reg``; a map's value may name groups of the expression.
    case regm

    /// The method that `-m` names.
    public init?(name: String) {
        guard let method = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = method
    }

    public var name: String { "\(self)" }

    /// Whether patterns are numbers or ranges of them, before which an ACL may have `ge` and its like.
    public var comparesNumbers: Bool { self == .int || self == .len }

    /// HAProxy keeps such patterns in a tree: the longest that fits is found, not the first.
    public func prefersLongest(ignoringCase: Bool) -> Bool { self == .ip || self == .beg && !ignoringCase }

    /// HAProxy's name for where patterns are kept, in the answer to `get acl`.
    public func isTree(ignoringCase: Bool) -> Bool { self == .ip || (self == .beg || self == .str) && !ignoringCase }
}
