/// One member of a resource: the single place its name, type and keyword are stated.
public struct Field: Sendable {
    /// The member's name in JSON, as the specification of the Data Plane API has it.
    public var name: String
    public var type: FieldType
    public var form: Form
    /// The versions that have the member.
    public var versions = APIVersions.all
    /// The versions in which it must be there.
    public var required: APIVersions

    public init(_ name: String, _ type: FieldType, _ form: Form, required: Bool = false) {
        self.name = name
        self.type = type
        self.form = form
        self.required = required ? .all : []
    }

    public var isRequired: Bool { !required.isEmpty }

    /// The same member in some versions only.
    func only(_ versions: APIVersions) -> Field {
        var field = self
        field.versions = versions
        return field
    }

    func required(in versions: APIVersions) -> Field {
        var field = self
        field.required = versions
        return field
    }

    /// As it is in one version; nil if that has it not.
    func resolved(for version: APIVersion) -> Field? {
        guard versions.contains(version.set) else { return nil }
        var field = self
        field.type = type.resolved(for: version)
        field.versions = version.set
        field.required = required.intersection(version.set)
        field.form = form.resolved(for: field.type)
        return field
    }
}

extension [Field] {
    /// What is a member in JSON: lines that say several members count as those.
    var members: [Field] {
        flatMap { field in
            if case .inline = field.form, case .object(let fields) = field.type { return fields }
            return [field]
        }
    }

    func only(_ versions: APIVersions) -> [Field] { map { $0.only(versions) } }
}

extension Form {
    /// With templates that say members of `type`.
    fileprivate func resolved(for type: FieldType) -> Form {
        let fields: [Field]
        switch type {
        case .object(let members): fields = members
        case .list(.object(let members)): fields = members
        case .list(let element): fields = [Field("value", element, .slot)]
        default: return self
        }
        switch self {
        case .templates(let templates): return .templates(templates.compactMap { $0.resolved(for: fields) })
        case .inline(let templates): return .inline(templates.compactMap { $0.resolved(for: fields) })
        case .lines(let templates): return .lines(templates.compactMap { $0.resolved(for: fields) })
        case .parameters(let words, _): return .parameters(words, grammar: LineGrammar(fields))
        case .parameterLines(let words, _): return .parameterLines(words, grammar: LineGrammar(fields))
        default: return self
        }
    }
}
