import ProxyConfig

/// The objects of one resource in a configuration: what every route of that resource does, for all resources alike.
struct Objects {
    let resource: Resource
    let version: APIVersion
    /// The section that the lines of a line resource are in.
    var parent: Section.Reference?

    var schema: Schema { resource.schema(version) }

    func list(in file: ConfigurationFile) -> [JSONObject] {
        switch resource.placement {
        case .singleton(let kind):
            return file.sections.first { $0.kind == kind }.map { [schema.sections.decode($0)] } ?? []
        case .section(let kind):
            var memory = SectionCoding.Memory()
            return file.sections.filter { $0.kind == kind && isListed($0) }.map { decode($0, &memory) }
        case .line:
            return parent.flatMap { file.section($0) }.map { lines(of: $0).map { $0.object } } ?? []
        }
    }

    func get(_ key: String?, in file: ConfigurationFile) throws(APIError) -> JSONObject {
        switch resource.placement {
        case .singleton, .section:
            guard let section = section(key, file) else { throw .missing(label(key)) }
            return decode(section)
        case .line:
            guard let section = parent.flatMap({ file.section($0) }) else { throw .missing(parentLabel) }
            return try line(key, of: section).object
        }
    }

    /// - Throws: 409 for a name that is taken, 400 for a parent that is missing or an index out of range.
    func create(_ object: JSONObject, in file: inout ConfigurationFile) throws(APIError) {
        switch resource.placement {
        case .singleton: throw APIError(400, "\(resource.name) cannot be created")
        case .section(let kind):
            let name = key(of: object)
            guard section(name, file) == nil else { throw .exists(label(name)) }
            file.append(make(kind, object))
        case .line:
            guard let parent, let section = file.section(parent) else { throw .missingParent(parentLabel) }
            let existing = lines(of: section)
            var place = existing.last.map { $0.index + 1 }
            switch resource.identity {
            case .index:
                let index = object["index"]?.integer ?? existing.count
                guard (0...existing.count).contains(index) else { throw outOfRange(index) }
                if index < existing.count { place = existing[index].index }
            case .member, .none:
                let name = key(of: object)
                guard !existing.contains(where: { $0.key == name }) else { throw .exists(label(name)) }
            }
            let line = make(object)
            let index = place ?? order.place(for: line.words, in: section)
            file.update(parent) { $0.lines.insert(line, at: index) }
        }
    }

    /// - Throws: 404 for an object that is not there.
    func replace(_ key: String?, _ object: JSONObject, in file: inout ConfigurationFile) throws(APIError) {
        switch resource.placement {
        case .singleton, .section:
            guard let section = section(key, file) else { throw .missing(label(key)) }
            file.update(section.reference) { schema.sections.apply(object, to: &$0) }
        case .line:
            guard let parent, let section = file.section(parent) else { throw .missing(parentLabel) }
            let before = try line(key, of: section)
            var line = section.lines[before.index]
            write(object, before, to: &line)
            guard line != section.lines[before.index] else { return }
            file.update(parent) { $0.lines[before.index] = line }
        }
    }

    /// - Throws: 404 for an object that is not there.
    func delete(_ key: String?, in file: inout ConfigurationFile) throws(APIError) {
        switch resource.placement {
        case .singleton: throw APIError(400, "\(resource.name) cannot be deleted")
        case .section(let kind):
            guard let section = section(key, file), file.remove(kind, section.name) else {
                throw .missing(label(key))
            }
        case .line:
            guard let parent, let section = file.section(parent) else { throw .missing(parentLabel) }
            let index = try line(key, of: section).index
            file.update(parent) { _ = $0.lines.remove(at: index) }
        }
    }

    /// Makes these all there are; lines that say what they should already stay as they are.
    ///
    /// - Throws: 400 for a parent that is missing.
    func replaceAll(_ objects: [JSONObject], in file: inout ConfigurationFile) throws(APIError) {
        guard let parent, let section = file.section(parent) else { throw .missingParent(parentLabel) }
        let existing = lines(of: section)
        func isSame(_ found: Found, _ object: JSONObject) -> Bool {
            found.object.without("index") == object.without("index")
        }
        let head = zip(existing, objects).prefix { isSame($0, $1) }.count
        let others = zip(existing.dropFirst(head).reversed(), objects.dropFirst(head).reversed())
        let tail = others.prefix { isSame($0, $1) }.count
        let old = existing[head..<(existing.count - tail)]
        let new = objects[head..<(objects.count - tail)]
        guard !old.isEmpty || !new.isEmpty else { return }
        file.update(parent) { section in
            for (found, object) in zip(old, new) { write(object, found, to: &section.lines[found.index]) }
            for found in old.dropFirst(new.count).reversed() { section.lines.remove(at: found.index) }
            let before = head + old.count > 0 ? existing[head + old.count - 1].index + 1 : existing.first?.index
            for (offset, object) in new.dropFirst(old.count).enumerated() {
                let line = make(object)
                section.lines.insert(line, at: before.map { $0 + offset } ?? order.place(for: line.words, in: section))
            }
        }
    }

    // MARK: - Lines

    struct Found {
        /// Index among the lines of the section.
        var index: Int
        /// Name, or place among its siblings.
        var key: String
        /// Its name is not written but follows from its address.
        var isUnnamed = false
        var object: JSONObject
        /// Words that are no member's.
        var unknown: [String]
    }

    func lines(of section: Section) -> [Found] {
        guard let syntax = schema.syntax else { return [] }
        var found: [Found] = []
        for index in section.lines.indices {
            guard let (said, unknown) = syntax.decode(section.lines[index].words) else { continue }
            var object = said
            if version == .v3 { object["metadata"] = Metadata.decode(section.lines[index]) }
            switch resource.identity {
            case .index:
                let place = found.count
                if version == .v2 { object = JSONObject(["index": .integer(place)], object) }
                found.append(Found(index: index, key: String(place), object: object, unknown: unknown))
            case .member(let member):
                let isUnnamed = object[member] == nil
                let key = key(of: object)
                if isUnnamed { object[member] = .string(key) }
                found.append(Found(index: index, key: key, isUnnamed: isUnnamed, object: object, unknown: unknown))
            case .none: break
            }
        }
        return found
    }

    private func line(_ key: String?, of section: Section) throws(APIError) -> Found {
        guard let found = lines(of: section).first(where: { $0.key == key }) else { throw .missing(label(key)) }
        return found
    }

    private func make(_ object: JSONObject) -> Line {
        var line = Line(schema.syntax?.encode(object) ?? [])
        if let metadata = object["metadata"] { Metadata.encode(metadata, in: &line) }
        return line
    }

    private func write(_ object: JSONObject, _ before: Found, to line: inout Line) {
        var object = object
        // A bind without a name is known by its address: replacing it gives it no name.
        if case .member(let member) = resource.identity, before.isUnnamed, object[member]?.string == before.key {
            object[member] = nil
        }
        var written = before.object
        if case .member(let member) = resource.identity, before.isUnnamed { written[member] = nil }
        let rest: [String] = ["index", "metadata"]
        if rest.reduce(written, { $0.without($1) }) != rest.reduce(object, { $0.without($1) }) {
            line.words = schema.syntax?.encode(object, unknown: before.unknown) ?? []
        }
        if version == .v3, object["metadata"] != written["metadata"] {
            Metadata.encode(object["metadata"], in: &line)
        }
    }

    /// The name, else the first word of the line that has one: a bind's address.
    func key(of object: JSONObject) -> String {
        guard case .member(let member) = resource.identity else { return "" }
        if let name = object[member]?.string { return name }
        return schema.syntax?.encode(object).dropFirst().first ?? ""
    }

    private func outOfRange(_ index: Int) -> APIError {
        APIError(400, "object index out of range: \(resource.name) \(index) in \(parentLabel)")
    }
}

extension JSONObject {
    func without(_ member: String) -> JSONObject {
        guard self[member] != nil else { return self }
        var object = self
        object[member] = nil
        return object
    }

    /// The members of both, the first ones first.
    init(_ first: JSONObject, _ second: JSONObject) {
        self = first
        for member in second.members { self[member.name] = member.value }
    }
}
