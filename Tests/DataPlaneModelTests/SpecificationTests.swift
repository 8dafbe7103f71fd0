import Testing

@testable import DataPlaneModel

/// What is described is what the published specifications describe: no member less, and none otherwise.
@Suite struct SpecificationTests {
    private static let list = "the list says it"
    private static let mode = "http_connection_mode says it"
    private static let rules = "http_checks says it"
    private static let unserved = "the resource is not served"
    private static let remark = "a member's line has no remarks of its own"

    /// Members that are not described, with the reason: `*` is any definition.
    static let absent: [APIVersion: [String: String]] = [
        .v2: [
            "backend.force_persist": list, "backend.ignore_persist": list,
            "backend.httpclose": mode, "backend.http-keep-alive": mode, "backend.http-server-close": mode,
            "backend.http-check": rules, "defaults.http-check": rules,
        ],
        .v3: [
            "backend.force_persist": list, "backend.ignore_persist": list,
            "*.capture_list": unserved, "*.filter_list": unserved, "*.filter_sequence_list": unserved,
            "*.force_be_switch_list": unserved, "*.http_after_response_rule_list": unserved,
            "*.http_error_rule_list": unserved, "*.http_request_rule_list": unserved,
            "*.http_response_rule_list": unserved, "*.quic_initial_rule_list": unserved,
            "*.ssl_front_use_list": unserved,
            "*.email_alert.metadata": remark, "*.errorfiles_from_http_errors.[].metadata": remark,
            "*.errorloc302.metadata": remark, "*.errorloc303.metadata": remark, "*.stick_table.metadata": remark,
            "*.default_bind.metadata": remark,
        ],
    ]

    @Test(arguments: APIVersion.allCases) func definitionsAreThoseOfTheOriginal(version: APIVersion) throws {
        let official = try OfficialDocument.of(version)
        let own = OfficialDocument(root: Specification.document(version))
        let names = Set(Resource.all.filter { $0.versions.contains(version.set) }.map { $0.name })
        var differences: [String: String] = [:]
        for name in names {
            let described = own.schema(own.definitions[name] ?? .null)
            let published = official.schema(official.definitions[name] ?? .null)
            differences.merge(described.differences(from: published, at: name)) { $1 }
        }
        let absent = Self.absent[version] ?? [:]
        var unused = Set(absent.keys)
        for (path, difference) in differences.sorted(by: { $0.key < $1.key }) {
            let anywhere = "*." + path.split(separator: ".").dropFirst().joined(separator: ".")
            guard let known = [path, anywhere].first(where: { absent[$0] != nil }) else {
                Issue.record("\(path): \(difference)")
                continue
            }
            unused.remove(known)
        }
        #expect(unused.isEmpty, "listed as absent and there: \(unused.sorted())")
    }

    @Test(arguments: APIVersion.allCases) func operationsAreThoseOfTheOriginal(version: APIVersion) throws {
        let official = try OfficialDocument.of(version)
        for (path, item) in Specification.document(version)["paths"]?.object?.members ?? [] {
            // Extensions.
            if path.hasPrefix("/appliance/") { continue }
            for (method, operation) in item.object?.members ?? [] {
                let name = "\(method) \(path)"
                let published = try #require(official.paths[path]?[method], "\(name) is not the original's")
                #expect(operation["operationId"] == published["operationId"], "\(name)")
                #expect(operation["tags"] == published["tags"], "\(name)")
                let others = parameters(published).symmetricDifference(parameters(operation))
                #expect(others.isSubset(of: Self.otherwise(name)), "\(name)")
                let statuses = operation["responses"]?.object?.members.map { $0.name } ?? []
                let wanted = published["responses"]?.array?.compactMap { $0.string } ?? []
                #expect(Set(wanted).isSubset(of: statuses), "\(name)")
            }
        }
    }

    /// The same in OpenAPI 3, which says bodies, forms, files and texts otherwise.
    @Test(arguments: APIVersion.allCases) func theNewerFormSaysTheSame(version: APIVersion) throws {
        let old = Specification.document(version)["paths"]?.object ?? JSONObject()
        let document = Specification.openAPI3(version)
        #expect(document["paths"]?.object?.members.map { $0.name } == old.members.map { $0.name })
        #expect(!document.text.contains("#/definitions/"))
        for (path, item) in document["paths"]?.object?.members ?? [] {
            for (method, operation) in item.object?.members ?? [] {
                let places = Set((operation["parameters"]?.array ?? []).compactMap { $0["in"]?.string })
                #expect(places.isSubset(of: ["path", "query", "header"]), "\(method) \(path)")
                #expect(operation["produces"] == nil && operation["consumes"] == nil)
                #expect(!operation.text.contains(#""type":"file""#), "\(method) \(path)")
            }
        }
        func types(_ path: String, _ method: String, _ status: String) -> [String]? {
            let operation = document["paths"]?[path]?[method]
            let part = status.isEmpty ? operation?["requestBody"] : operation?["responses"]?[status]
            return part?["content"]?.object?.members.map { $0.name }
        }
        let map = "/services/haproxy/storage/maps"
        #expect(types(map, "post", "") == ["multipart/form-data"])
        #expect(types(map + "/{name}", "put", "") == ["text/plain"])
        #expect(types(map + "/{name}", "get", "200") == ["application/octet-stream"])
        #expect(types(map + "/{name}", "get", "404") == ["application/json"])
        let kept = "/appliance/configuration/history/{version}"
        #expect(types(kept, "get", "200") == ["text/plain"])
        #expect(types(kept, "get", "404") == ["application/json"])
    }

    /// Every operation of the original is served or answers 501 by its name.
    @Test(arguments: APIVersion.allCases) func everyOperationHasARoute(version: APIVersion) throws {
        let official = try OfficialDocument.of(version)
        var count = 0
        for (path, item) in official.paths.members {
            for (method, operation) in item.object?.members ?? [] {
                let components = [version.rawValue] + path.split(separator: "/").map { String($0) }
                let (route, _) = try RouteTable.find(method.uppercased(), components)
                #expect(route.path == components)
                #expect(route.id == operation["operationId"]?.string)
                count += 1
            }
        }
        #expect(count == (version == .v2 ? 305 : 557))
    }

    /// Parameters that differ, with cause.
    private static func otherwise(_ operation: String) -> Set<String> {
        if operation.hasSuffix("raw") { return ["header X-Runtime-Actions string"] }
        // Lines of a fcgi-app can be read there and not be written.
        let types = "query parent_type string required \"backend\""
        return operation.contains("/acls")
            ? ["\(types) \"fcgi-app\" \"frontend\"", "\(types) \"frontend\""] : []
    }

    private func parameters(_ operation: JSONValue) -> Set<String> {
        Set(
            (operation["parameters"]?.array ?? []).map { parameter in
                var words = ["\(parameter["in"]?.string ?? "") \(parameter["name"]?.string ?? "")"]
                if parameter["in"] != "body" {
                    words.append(parameter["type"]?.string ?? "")
                    if parameter["required"] == true { words.append("required") }
                    words += (parameter["enum"]?.array ?? []).map { $0.text }.sorted()
                }
                return words.joined(separator: " ")
            }
        )
    }
}
