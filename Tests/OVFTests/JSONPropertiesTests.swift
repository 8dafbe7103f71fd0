import Diagnostics
import OVF
import Testing

@Suite struct JSONPropertiesTests {
    private func read(_ text: String) throws(DiagnosticsError) -> OVFEnvironment {
        try OVFEnvironment(json: Array(text.utf8), file: "properties.json")
    }

    @Test func readsPropertiesAndAdapters() throws {
        let environment = try read(
            #"""
            {
              "network.hostname": "a\n\"\\\/\u00e9\ud83d\ude00",
              "loadbalance.dataplane_port": 5556, "appliance.permit_root_login": true, "network.frontend_ip": null,
              "ethernet_adapters": [{"mac": "00:50:56:b1:20:5e", "network": "M", "unit_number": 7}, {"mac": "x"}]
            }
            """#
        )
        #expect(environment.properties.map(\.value) == ["a\n\"\\/é😀", "5556", "true", ""])
        #expect(environment["network.hostname"]?.position == SourcePosition(line: 2, column: 4))
        #expect(environment.adapters.map(\.mac) == ["00:50:56:b1:20:5e", "x"])
        #expect(environment.adapters.map(\.unitNumber) == [7, nil])
        #expect(environment.adapters.first?.network == "M")
        #expect(try read(" { } ").properties.isEmpty)
    }

    @Test func refusesMorePropertiesThanAnApplianceCanHave() throws {
        func members(_ count: Int) -> String {
            "{" + (0..<count).map { "\"k\($0)\": \"\"" }.joined(separator: ",\n") + "}"
        }
        #expect(try read(members(1000)).properties.count == 1000)
        let error = #expect(throws: DiagnosticsError.self) { try read(members(1001)) }
        #expect(error?.description.contains("properties.json:1001:2: error: there are more than 1000") == true)
    }

    @Test(arguments: [
        ("", 1, 1, "expected '{', found the end of the document", "write the properties as an object"),
        ("{\n'a': 'b'}", 2, 1, "single quotes, which are not JSON", "JSON wants double quotes"),
        ("{\"a\": 'b'}", 1, 7, "single quotes, which are not JSON", "JSON wants double quotes"),
        ("{\"a\": \"b\",}", 1, 11, "a comma comes before '}'", "remove the comma"),
        ("{\"a\" \"b\"}", 1, 6, "expected ':'", "write members as"),
        ("{\"a\": \"b\" \"c\": \"d\"}", 1, 11, "expected ',' or '}', found '\"'", "put a comma"),
        ("{\"a\": \"b\"", 1, 10, "expected ',' or '}', found the end of the document", "put a comma"),
        ("{\"a\": \"b", 1, 8, "a string is not closed", "close it"),
        ("{\"a\": \"b\nc\"}", 1, 9, "a string holds the end of the line", "\\n"),
        ("{\"a\": \"\\x\"}", 1, 8, "a wrong escape", "write a backslash as"),
        ("{\"a\": \"\\ud800\"}", 1, 8, "a wrong escape", "write a backslash as"),
        ("{\"a\": b}", 1, 7, "expected a value in double quotes, found 'b'", "write members as"),
        ("{\"a\": {\"b\": 1}}", 1, 7, "the value of a is an object", "write flat keys"),
        ("{\"a\": [\"b\"]}", 1, 8, "expected '{', found '\"'", "as an object"),
        ("{\"a\": [{\"b\": 1}]}", 1, 7, "the value of a is a list", "one string with commas"),
        ("{\"a\": 1, \"a\": 2}", 1, 11, "a is there twice, first on line 1", "keep one"),
        ("{\"adapters\": \"x\"}", 1, 15, "adapters is not a list", "\"mac\""),
        ("{\"adapters\": [{\"network\": \"x\"}]}", 1, 14, "an adapter of adapters has no mac", "\"mac\""),
        ("{\"adapters\": [{\"Mac\": \"x\"}]}", 1, 17, "Mac is not a key of an adapter", "use mac"),
        ("{\"adapters\": [{\"mac\": \"x\", \"unit_number\": \"y\"}]}", 1, 44, "\"y\" is not a number", "bus"),
        ("{} x", 1, 4, "expected the end of the document, found 'x'", "one object"),
    ])
    func refuses(document: String, line: Int, column: Int, message: String, remedy: String) throws {
        let error = #expect(throws: DiagnosticsError.self) { try read(document) }
        let problem = try #require(error?.diagnostics.first)
        #expect(problem.message.contains(message))
        #expect(problem.position == SourcePosition(line: line, column: column))
        #expect(problem.remedy?.contains(remedy) == true)
    }

    @Test func neverShowsASecret() throws {
        let text = "{\"network.hostname\": \"a\", \"loadbalance.haproxy_pwd\": \"hunter2\" \"b\": \"c\"}"
        let error = #expect(throws: DiagnosticsError.self) { try read(text) }
        let shown = try #require(error?.description)
        #expect(shown.contains("\"network.hostname\": \"a\""))
        #expect(!shown.contains("hunter2"))
    }
}
