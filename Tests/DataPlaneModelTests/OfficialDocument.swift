import Files
import Testing

@testable import DataPlaneModel

/// A specification of the Data Plane API as HAProxy Technologies publish it, without its prose.
struct OfficialDocument {
    let root: JSONValue

    static let v2 = try? OfficialDocument("v2.9.27")
    static let v3 = try? OfficialDocument("v3.4.2")

    static func of(_ version: APIVersion) throws -> OfficialDocument {
        try #require(version == .v2 ? v2 : v3)
    }

    init(_ name: String) throws {
        let tests = #filePath.split(separator: "/").dropLast(2).map { "/\($0)" }.joined()
        let text = try #require(try AtomicFile.readText("\(tests)/Fixtures/dataplaneapi/\(name).json"))
        root = try JSONParser.parse(Array(text.utf8))
    }

    init(root: JSONValue) { self.root = root }

    var paths: JSONObject { root["paths"]?.object ?? JSONObject() }

    var definitions: JSONObject { root["definitions"]?.object ?? JSONObject() }

    /// A schema with what it refers to in it, and what makes no difference left out.
    func schema(_ value: JSONValue) -> Schema {
        if let reference = value["$ref"]?.string, let name = reference.split(separator: "/").last {
            return schema(definitions[String(name)] ?? .null)
        }
        var schema = Schema()
        for part in value["allOf"]?.array ?? [] {
            let other = self.schema(part)
            schema.properties.merge(other.properties) { $1 }
            schema.required.formUnion(other.required)
            schema.words["type"] = "object"
        }
        for word in ["type", "pattern", "minimum", "maximum"] {
            if let value = value[word] { schema.words[word] = value.string ?? value.text }
        }
        if let values = value["enum"]?.array {
            // Which values there are says what they look like.
            schema.words["pattern"] = nil
            schema.words["enum"] = values.map { $0.text }.sorted().joined(separator: " ")
        }
        for name in value["required"]?.array ?? [] { schema.required.insert(name.string ?? "") }
        for (name, value) in value["properties"]?.object?.members ?? [] { schema.properties[name] = self.schema(value) }
        if let items = value["items"] { schema.properties["[]"] = self.schema(items) }
        if let others = value["additionalProperties"], others.object != nil {
            schema.properties["{}"] = self.schema(others)
            schema.words["type"] = "object"
        }
        return schema
    }

    struct Schema {
        var words: [String: String] = [:]
        var required: Set<String> = []
        /// Members, `[]` for elements, `{}` for members of any name.
        var properties: [String: Schema] = [:]

        /// Where `self`, which is ours, is another than `other`: by the path of the member.
        func differences(from other: Schema, at path: String) -> [String: String] {
            var found: [String: String] = [:]
            // Of any values, where the original's are described as objects and are texts.
            if path.hasSuffix(".metadata"), words == other.words { return found }
            for word in Set(words.keys).union(other.words.keys) where words[word] != other.words[word] {
                found[path] = "\(word) is \(words[word] ?? "none"), not \(other.words[word] ?? "none")"
            }
            if required != other.required {
                found[path + "!"] = "required are \(required.sorted()), not \(other.required.sorted())"
            }
            for name in Set(properties.keys).union(other.properties.keys) {
                let inner = "\(path).\(name)"
                switch (properties[name], other.properties[name]) {
                case (let own?, let official?):
                    found.merge(own.differences(from: official, at: inner)) { $1 }
                case (nil, _): found[inner] = "absent"
                default: found[inner] = "not in the original"
                }
            }
            return found
        }
    }
}
