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

    public enum Identity: Sendable, Hashable {
        /// There is just one.
        case none
        /// A member: its `name`, mostly.
        case member(String)
        /// Its place among its siblings, from 0.
        case index

        static let name = Identity.member("name")
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
    /// That in v3, where it is another.
    var newPath: String
    /// Its name in the specification and in messages: `frontend`.
    public var name: String
    public var placement: Placement
    public var identity: Identity
    var parents: [Parent]
    /// Parents that only v3 has.
    var newParents: [Parent]
    var addressing: Addressing
    /// The versions that have it.
    var versions: APIVersions
    /// Whether it can be replaced whole.
    var isReplaceable: Bool
    /// The member of the parent's section that holds all of them, when v3 is asked for full sections.
    var fullName: String?
    let v2: Schema
    let v3: Schema

    /// - Parameters:
    ///   - fields: Members in the order in which they are printed and written. A member that is not here is refused by
    ///     name, so that nothing a client asked for is dropped silently.
    ///   - templates: How its lines are written; none: as words in any order.
    init(
        _ path: String,
        newPath: String? = nil,
        name: String,
        _ placement: Placement,
        identity: Identity,
        parents: [Parent] = [],
        newParents: [Parent] = [],
        addressing: Addressing = .parameter,
        versions: APIVersions = .all,
        isReplaceable: Bool = true,
        fullName: String? = nil,
        fields: [Field],
        templates: [Template] = [],
        neighbours: [Neighbour] = []
    ) {
        self.path = path
        self.newPath = newPath ?? path
        self.name = name
        self.placement = placement
        self.identity = identity
        self.parents = parents
        self.newParents = newParents
        self.addressing = addressing
        self.versions = versions
        self.isReplaceable = isReplaceable
        self.fullName = fullName
        let index = Field("index", .integer(), .index, required: true).only(.v2)
        let metadata = Field("metadata", .free, .metadata).only(.v3)
        let all = (identity == .index ? [index] : []) + fields + [metadata]
        v2 = Schema(.v2, placement, all, templates, neighbours)
        v3 = Schema(.v3, placement, all, templates, neighbours)
    }

    func schema(_ version: APIVersion) -> Schema { version == .v2 ? v2 : v3 }

    func path(_ version: APIVersion) -> String { version == .v2 ? path : newPath }

    func parents(_ version: APIVersion) -> [Parent] { version == .v2 ? parents : parents + newParents }

    /// The kind of section that its objects are; nil for those that are lines.
    var section: String? {
        switch placement {
        case .singleton(let kind), .section(let kind): kind
        case .line: nil
        }
    }

    /// The resources whose lines lie in its sections and are members of it where v3 is asked for full sections.
    var children: [Resource] {
        guard let section else { return [] }
        return Resource.all.filter { child in
            child.fullName != nil && child.parents(.v3).contains { $0.section == section }
        }
    }
}

/// A resource as one version has it.
struct Schema: Sendable {
    let version: APIVersion
    let fields: [Field]
    /// Members in JSON.
    let members: [Field]
    /// How its line is written; nil for a section.
    let syntax: LineSyntax?
    let sections: SectionCoding

    init(
        _ version: APIVersion,
        _ placement: Resource.Placement,
        _ fields: [Field],
        _ templates: [Template],
        _ neighbours: [Resource.Neighbour]
    ) {
        self.version = version
        let fields = fields.compactMap { $0.resolved(for: version) }
        self.fields = fields
        members = fields.members
        if case .line(let keyword) = placement {
            let templates = templates.compactMap { $0.resolved(for: fields.members) }
            syntax = LineSyntax(keyword: keyword, fields: fields, templates: templates)
            sections = SectionCoding([], [])
        } else {
            syntax = nil
            sections = SectionCoding(fields, neighbours)
        }
    }
}
