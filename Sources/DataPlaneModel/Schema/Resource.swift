/// One kind of object of the API: from this description come its routes, its JSON, its validation and its lines.
public struct Resource: Sendable {
    /// Where its objects are in haproxy.cfg.
    public enum Placement: Sendable {
        /// The one section of this kind: `global`, the first `defaults`.
        case singleton(section: String)
        /// A section each: `frontend <name>`.
        case section(String)
        /// A line each in the parent's section: `bind …`.
        case line(keyword: String)
    }

    public enum Identity: Sendable {
        /// There is just one.
        case none
        /// Its `name`.
        case name
        /// Its place among its siblings, from 0.
        case index
    }

    /// The section that a line resource lies in.
    public struct Parent: Sendable {
        /// The section's kind, which is also the query parameter and the `parent_type` that name it.
        public var kind: String
        /// Whether `parent_type` and `parent_name` are understood beside the parameter of the kind's own name.
        public var allowsParentType: Bool
    }

    /// Keywords that are no members but have their place among the members' lines: those of child resources, and those
    /// that the descriptions do not know but whose order matters.
    public struct Neighbour: Sendable {
        public var words: [String]
        /// The member after whose line they go; nil: after all.
        public var after: String?
    }

    /// Last component of its path: `frontends`.
    public var path: String
    /// Its name in the specification and in messages: `frontend`.
    public var name: String
    public var placement: Placement
    public var identity: Identity
    public var parent: Parent?
    /// Members in the order in which they are printed and written. A member that is not here is refused by name, so
    /// that nothing a client asked for is dropped silently.
    public let fields: [Field]
    public let neighbours: [Neighbour]
    /// How its lines are read and written; made once.
    let grammar: LineGrammar
    let sections: SectionCoding

    public init(
        _ path: String,
        name: String,
        _ placement: Placement,
        identity: Identity,
        parent: Parent? = nil,
        fields: [Field],
        neighbours: [Neighbour] = []
    ) {
        self.path = path
        self.name = name
        self.placement = placement
        self.identity = identity
        self.parent = parent
        self.fields = fields
        self.neighbours = neighbours
        grammar = LineGrammar(fields)
        sections = SectionCoding(fields, neighbours)
    }

    public func field(_ name: String) -> Field? { fields.first { $0.name == name } }
}
