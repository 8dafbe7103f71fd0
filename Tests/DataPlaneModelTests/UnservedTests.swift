import Files
import Testing

@testable import DataPlaneModel

/// Operations of the original that are not here answer 501 with their name, and `docs/api.md` lists them all.
@Suite struct UnservedTests {
    @Test func anOperationThatIsNotHereIsNamed() throws {
        try withFixture { fixture throws in
            let path = "/v3/services/haproxy/configuration/"
            let answer = fixture.sendAbsolute("GET", path + "caches")
            #expect(answer.status == 501)
            #expect(answer.message == "operation getCaches is not implemented")
            #expect(fixture.sendAbsolute("POST", path + "frontends/a/captures/0", "{}").status == 501)
            #expect(fixture.sendAbsolute("GET", "/v2/cluster").status == 501)
            #expect(fixture.sendAbsolute("PATCH", path + "caches").status == 405)
            #expect(fixture.sendAbsolute("GET", path + "cashes").status == 404)
        }
    }

    @Test(arguments: APIVersion.allCases) func theDocumentationListsThem(version: APIVersion) throws {
        let root = #filePath.split(separator: "/").dropLast(3).map { "/\($0)" }.joined()
        let text = try #require(try AtomicFile.readText(root + "/docs/api.md"))
        let expected = Self.list(version)
        #expect(text.contains("\n" + expected), "docs/api.md lists others than these:\n\(expected)")
    }

    /// A line for each tag of the specification.
    private static func list(_ version: APIVersion) -> String {
        var tags: [String] = []
        var operations: [String: [String]] = [:]
        for route in RouteTable.table(version).routes where !route.isServed {
            let tag = route.tag ?? ""
            if operations[tag] == nil { tags.append(tag) }
            let path = route.path.dropFirst().joined(separator: "/")
            operations[tag, default: []].append(route.id ?? "\(route.method) /\(path)")
        }
        return tags.map { "- \($0): \((operations[$0] ?? []).joined(separator: ", "))\n" }.joined()
    }
}
