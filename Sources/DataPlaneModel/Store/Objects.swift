import ProxyConfig

/// The objects of one resource in a configuration: what every route of that resource does, for all resources alike.
struct Objects {
    let resource: Resource
    /// Name of the section that the lines of a line resource are in.
    var parentName: String?

    func list(in file: ConfigurationFile) -> [JSONObject] {
        switch resource.placement {
        case .singleton(let kind): return singleton(kind, file).map { [resource.sections.decode($0)] } ?? []
        case .section(let kind):
            return file.sections.filter { $0.kind == kind }.map { resource.sections.decode($0) }
        case .line:
            return parent(in: file).map { lines(of: $0).map { $0.object } } ?? []
        }
    }

    func get(_ key: String?, in file: ConfigurationFile) throws(APIError) -> JSONObject {
        switch resource.placement {
        case .singleton(let kind):
            guard let section = singleton(kind, file) else { throw .missing(resource.name) }
            return resource.sections.decode(section)
        case .section(let kind):
            guard let section = file.section(kind, key) else { throw .missing(label(key)) }
            return resource.sections.decode(section)
        case .line:
            guard let parent = parent(in: file) else { throw .missing(parentLabel) }
            return try line(key, of: parent).object
        }
    }

    /// - Throws: 409 for a name that is taken, 400 for a parent that is missing or an index out of range.
    func create(_ object: JSONObject, in file: inout ConfigurationFile) throws(APIError) {
        switch resource.placement {
        case .singleton: throw APIError(400, "\(resource.name) cannot be created")
        case .section(let kind):
            let name = object["name"]?.string
            guard file.section(kind, name) == nil else { throw .exists(label(name)) }
            file.append(resource.sections.make(kind: kind, object))
        case .line(let keyword):
            guard let section = parent(in: file) else { throw .missingParent(parentLabel) }
            let existing = lines(of: section)
            let line = Line([keyword] + resource.grammar.encode(object))
            var place = order.place(for: [keyword], in: section)
            if let last = existing.last { place = last.index + 1 }
            switch resource.identity {
            case .index:
                let index = object["index"]?.integer ?? 0
                guard (0...existing.count).contains(index) else { throw outOfRange(index) }
                if index < existing.count { place = existing[index].index }
            case .name, .none:
                let name = identity(object)
                guard !existing.contains(where: { $0.key == name }) else { throw .exists(label(name)) }
            }
            file.update(section.kind, section.name) { $0.lines.insert(line, at: place) }
        }
    }

    /// - Throws: 404 for an object that is not there.
    func replace(_ key: String?, _ object: JSONObject, in file: inout ConfigurationFile) throws(APIError) {
        switch resource.placement {
        case .singleton(let kind):
            guard let section = singleton(kind, file) else { throw .missing(resource.name) }
            var named = object
            named["name"] = section.name.map { .string($0) }
            file.update(kind, section.name) { resource.sections.apply(named, to: &$0) }
        case .section(let kind):
            guard file.update(kind, key, { resource.sections.apply(object, to: &$0) }) else {
                throw .missing(label(key))
            }
        case .line(let keyword):
            guard let section = parent(in: file) else { throw .missing(parentLabel) }
            let before = try line(key, of: section)
            var object = object
            // A bind without a name is known by its address: replacing it gives it no name.
            if before.isUnnamed, object["name"]?.string == before.key { object["name"] = nil }
            if resource.identity == .index { object["index"] = before.object["index"] }
            var (written, unknown) = resource.grammar.decode(section.lines[before.index].words)
            if resource.identity == .index { written["index"] = before.object["index"] }
            guard written != object else { return }
            let words = [keyword] + resource.grammar.encode(object, unknown: unknown)
            file.update(section.kind, section.name) { $0.lines[before.index].words = words }
        }
    }

    /// - Throws: 404 for an object that is not there.
    func delete(_ key: String?, in file: inout ConfigurationFile) throws(APIError) {
        switch resource.placement {
        case .singleton: throw APIError(400, "\(resource.name) cannot be deleted")
        case .section(let kind):
            guard file.remove(kind, key) else { throw .missing(label(key)) }
        case .line:
            guard let section = parent(in: file) else { throw .missing(parentLabel) }
            let index = try line(key, of: section).index
            file.update(section.kind, section.name) { _ = $0.lines.remove(at: index) }
        }
    }

    // MARK: - Lines

    private struct Found {
        /// Index among the lines of the section.
        var index: Int
        /// Name, or place among its siblings.
        var key: String
        /// Its name is not written but follows from its address.
        var isUnnamed = false
        var object: JSONObject
    }

    private func lines(of section: Section) -> [Found] {
        guard case .line(let keyword) = resource.placement else { return [] }
        var found: [Found] = []
        for index in section.lines.indices {
            let words = section.lines[index].words
            guard words.first == keyword else { continue }
            var (object, _) = resource.grammar.decode(words)
            if resource.identity == .index {
                let place = found.count
                object["index"] = nil
                var indexed: JSONObject = ["index": .integer(place)]
                for member in object.members { indexed[member.name] = member.value }
                found.append(Found(index: index, key: String(place), object: indexed))
            } else {
                let key = identity(object)
                let isUnnamed = object["name"] == nil
                if isUnnamed { object["name"] = .string(key) }
                found.append(Found(index: index, key: key, isUnnamed: isUnnamed, object: object))
            }
        }
        return found
    }

    private func line(_ key: String?, of section: Section) throws(APIError) -> Found {
        guard let found = lines(of: section).first(where: { $0.key == key }) else { throw .missing(label(key)) }
        return found
    }

    /// The name, else the first word of the line that has one: a bind's address.
    private func identity(_ object: JSONObject) -> String {
        object["name"]?.string ?? resource.grammar.encode(object).first ?? ""
    }

    // MARK: - Sections

    private var order: SectionOrder {
        let parent = Resource.all.first { $0.name == resource.parent?.kind }
        return (parent ?? resource).sections.order
    }

    private func singleton(_ kind: String, _ file: ConfigurationFile) -> Section? {
        file.sections.first { $0.kind == kind }
    }

    private func parent(in file: ConfigurationFile) -> Section? {
        guard let kind = resource.parent?.kind, let parentName else { return nil }
        return file.section(kind, parentName)
    }

    private var parentLabel: String { "\(resource.parent?.kind ?? "section") \(parentName ?? "")" }

    private func label(_ key: String?) -> String {
        let own = "\(resource.name) \(key ?? "")"
        return resource.parent == nil ? own : "\(own) in \(parentLabel)"
    }

    private func outOfRange(_ index: Int) -> APIError {
        APIError(400, "object index out of range: \(resource.name) \(index) in \(parentLabel)")
    }
}
