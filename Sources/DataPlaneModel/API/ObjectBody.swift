/// Reads the bodies of requests about the objects of a resource.
struct ObjectBody {
    let objects: Objects
    /// With the child resources' objects.
    let isFull: Bool

    private var resource: Resource { objects.resource }

    /// The body as an object of the resource. What the path says may be left out of it.
    ///
    /// - Parameter key: What the path says; nil where it says nothing.
    func read(_ body: JSONValue, key: String?) throws(APIError) -> JSONObject {
        guard var object = body.object, let key else { return try validated(body) }
        switch resource.identity {
        case .index:
            guard let index = Int(key), index >= 0 else {
                throw .violation(.type, "index in path must be of type integer")
            }
            object = JSONObject(["index": .integer(index)], object.without("index"))
        case .member(let member):
            if object[member] == nil || object[member] == "" {
                object[member] = .string(key)
            } else if object[member]?.string != key {
                throw APIError(400, "\(member) in body is not that of the path: \(resource.name)s are not renamed")
            }
        case .none: break
        }
        return try validated(.object(object))
    }

    func readList(_ body: JSONValue) throws(APIError) -> [JSONObject] {
        guard let array = body.array else { throw .violation(.type, "body must be of type array") }
        var list: [JSONObject] = []
        for element in array { list.append(try validated(element)) }
        return list
    }

    /// What the answer says of an object.
    func said(_ object: JSONObject) -> JSONObject {
        objects.version == .v3 ? object.without("index") : object
    }

    private func validated(_ body: JSONValue) throws(APIError) -> JSONObject {
        var body = body
        var index: JSONValue?
        // In v3 only the path says the place.
        if objects.version == .v3, resource.identity == .index, let object = body.object {
            index = object["index"]
            body = .object(object.without("index"))
        }
        let members = isFull ? resource.fullMembers(objects.version) : objects.schema.fields
        var object = try Validator.validated(body, members)
        try Self.check(object, resource, objects.version)
        if isFull { try checkChildren(object) }
        if let index { object = JSONObject(["index": index], object) }
        return object
    }

    private static func check(_ object: JSONObject, _ resource: Resource, _ version: APIVersion) throws(APIError) {
        guard let syntax = resource.schema(version).syntax else {
            if case .section = resource.placement, object["name"] == nil {
                throw .violation(.required, "name in body is required")
            }
            return
        }
        try syntax.check(object)
        if case .member = resource.identity, syntax.encode(object).dropFirst().first?.isEmpty ?? true {
            throw .violation(.required, "address in body is required for a \(syntax.keyword)")
        }
    }

    private func checkChildren(_ object: JSONObject) throws(APIError) {
        for child in resource.children {
            guard let name = child.fullName, let value = object[name] else { continue }
            let elements = value.array ?? value.object?.members.map { $0.value } ?? []
            for element in elements { try Self.check(element.object ?? JSONObject(), child, objects.version) }
        }
    }
}

extension Resource {
    /// Members of a full section.
    func fullMembers(_ version: APIVersion) -> [Field] {
        let children =
            version == .v2
            ? []
            : children.compactMap { child -> Field? in
                guard let name = child.fullName else { return nil }
                let members = child.schema(version).members
                if case .member(let member) = child.identity { return Field(name, .map(members, key: member), .slot) }
                return Field(name, .list(.object(members)), .slot)
            }
        return schema(version).fields + children
    }

    /// Whether a list that is asked for with a query of its own has the object.
    func isAsked(_ object: JSONObject, _ request: APIRequest) -> Bool {
        guard name == "acl", let wanted = request.parameter("acl_name") else { return true }
        return object["acl_name"]?.string == wanted
    }
}

extension Route {
    /// The name of the path's component that stands for the object.
    var key: String? {
        guard let last = path.last, last.hasPrefix("{") else { return nil }
        return String(last.dropFirst().dropLast())
    }
}
