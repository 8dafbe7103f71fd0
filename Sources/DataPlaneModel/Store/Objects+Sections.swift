import ProxyConfig

extension Section {
    /// What finds a section.
    struct Reference: Sendable, Hashable {
        var kind: String
        var name: String?
    }

    var reference: Reference { Reference(kind: kind, name: name) }
}

extension ConfigurationFile {
    func section(_ reference: Section.Reference) -> Section? { section(reference.kind, reference.name) }

    mutating func update(_ reference: Section.Reference, _ body: (inout Section) -> Void) {
        update(reference.kind, reference.name, body)
    }
}

extension Objects {
    /// What a `defaults` section without a name is called, as by the original.
    private static let unnamed = "unnamed_defaults_1"

    /// The name in the file of the section that a request calls `key`.
    static func name(_ key: String?, kind: String) -> String? {
        kind == "defaults" && key == unnamed ? nil : key
    }

    func section(_ key: String?, _ file: ConfigurationFile) -> Section? {
        switch resource.placement {
        case .singleton(let kind): file.sections.first { $0.kind == kind }
        case .section(let kind): file.section(kind, Self.name(key, kind: kind))
        case .line: nil
        }
    }

    func decode(_ section: Section) -> JSONObject {
        var memory = SectionCoding.Memory()
        return decode(section, &memory)
    }

    func decode(_ section: Section, _ memory: inout SectionCoding.Memory) -> JSONObject {
        let object = schema.sections.decode(section, &memory)
        guard case .section("defaults") = resource.placement, section.name == nil else { return object }
        return JSONObject(["name": .string(Self.unnamed)], object)
    }

    /// A new section; one that is called as those without a name are has none.
    func make(_ kind: String, _ object: JSONObject) -> Section {
        let name = object["name"]?.string
        return schema.sections.make(kind: kind, named: Self.name(name, kind: kind), object)
    }

    /// Sections without a name have none in the API, but for `defaults`.
    func isListed(_ section: Section) -> Bool { section.name != nil || section.kind == "defaults" }

    /// Where lines go among those of the parent.
    var order: SectionOrder {
        let kind = parent?.kind
        let owner = Resource.all.first { $0.section != nil && $0.section == kind && $0.versions.contains(version.set) }
        return (owner ?? resource).schema(version).sections.order
    }

    var parentLabel: String {
        guard let parent else { return "section" }
        return [parent.kind, parent.name].compactMap { $0 }.joined(separator: " ")
    }

    func label(_ key: String?) -> String {
        let own = [resource.name, key].compactMap { $0 }.joined(separator: " ")
        return resource.parents.isEmpty ? own : "\(own) in \(parentLabel)"
    }
}
