import ProxyConfig

/// Sections with the lines of their child resources, as v3 gives and takes them with `full_section`.
extension Objects {
    func full(_ object: JSONObject, in file: ConfigurationFile) -> JSONObject {
        var full = object
        for child in resource.children {
            guard let name = child.fullName else { continue }
            let objects = children(child, key(of: object)).list(in: file)
            guard !objects.isEmpty else { continue }
            if case .member(let member) = child.identity {
                var map = JSONObject()
                for object in objects { map[object[member]?.string ?? ""] = .object(object) }
                full[name] = .object(map)
            } else {
                full[name] = .array(objects.map { .object($0) })
            }
        }
        return full
    }

    /// Makes the section's child objects those of `full`: what is not there goes.
    func replaceChildren(_ full: JSONObject, in file: inout ConfigurationFile) throws(APIError) {
        for child in resource.children {
            guard let name = child.fullName else { continue }
            let objects = children(child, key(of: full))
            guard case .member = child.identity else {
                try objects.replaceAll(full[name]?.array?.compactMap { $0.object } ?? [], in: &file)
                continue
            }
            let wanted = full[name]?.object?.members.compactMap { $0.value.object } ?? []
            let keys = Set(wanted.map { objects.key(of: $0) })
            let existing = objects.list(in: file).map { objects.key(of: $0) }
            for key in existing where !keys.contains(key) { try objects.delete(key, in: &file) }
            for object in wanted {
                let key = objects.key(of: object)
                if existing.contains(key) {
                    try objects.replace(key, object, in: &file)
                } else {
                    try objects.create(object, in: &file)
                }
            }
        }
    }

    private func children(_ child: Resource, _ key: String?) -> Objects {
        let kind = resource.section ?? ""
        let isSingle = resource.identity == .none
        let parent = Section.Reference(kind: kind, name: isSingle ? nil : Self.name(key, kind: kind))
        return Objects(resource: child, version: version, parent: parent)
    }
}
