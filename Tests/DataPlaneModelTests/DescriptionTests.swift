@testable import DataPlaneModel
import ProxyConfig
import Testing

/// Every member of every resource goes into haproxy.cfg and comes out as it was.
@Suite struct DescriptionTests {
    private func sample(_ field: Field) -> JSONValue? {
        if case .balance = field.form {
            guard case .object = field.type else { return nil }
            return ["algorithm": "uri", "uri_depth": 3, "uri_whole": true]
        }
        switch field.type {
        case .string: return field.name == "cond_test" ? "{ path \"a b\" }" : "some-word"
        case .integer(let range): return .integer(range.map { min($0.upperBound, max($0.lowerBound, 7)) } ?? 7)
        case .time: return 1500
        case .boolean: return true
        case .toggle: return "enabled"
        case .enumeration(let values): return values.last.map { .string($0) }
        case .list(let values): return .array(values.prefix(2).map { .string($0) })
        case .object: return ["check": "enabled", "inter": 250]
        }
    }

    @Test(arguments: Resource.all.map { $0.path }) func everyMemberGoesRound(path: String) throws {
        let resource = try #require(Resource.all.first { $0.path == path })
        for field in resource.fields {
            guard let value = sample(field) else { continue }
            var object: JSONObject = [:]
            for other in resource.fields where other.isRequired { object[other.name] = sample(other) }
            if case .line = resource.placement, resource.name == "bind" { object["address"] = "10.0.0.1" }
            if field.name == "port-range-end" || field.name == "port" { object["port"] = 7 }
            object[field.name] = value
            if resource.identity == .index { object["index"] = nil }
            guard object[field.name] != nil else { continue }
            if case .line(let keyword) = resource.placement {
                let line = Line([keyword] + resource.grammar.encode(object))
                #expect(resource.grammar.decode(line.words).object == object, "\(field.name): \(line.raw)")
                #expect(resource.grammar.decode(line.words).unknown == [], "\(field.name): \(line.raw)")
            } else {
                let section = resource.sections.make(kind: resource.name, object)
                #expect(resource.sections.decode(section) == object, "\(field.name)")
                var emptied = section
                for other in resource.fields where !other.isRequired && other.name != "name" {
                    object[other.name] = nil
                }
                resource.sections.apply(object, to: &emptied)
                #expect(resource.sections.decode(emptied) == object, "\(field.name) does not go away")
            }
        }
    }

    @Test func addresses() {
        let words = [
            "10.0.0.1:80", ":443", "*:80", "[2001:db8::1]:80-90", "unix@/run/x.sock", "host", "10.0.0.1:1,10.0.0.2:2",
        ]
        for word in words { #expect(AddressWord(word).text == word) }
        #expect(AddressWord("::1:80") == AddressWord(address: "::1", port: 80, portRangeEnd: nil))
        #expect(AddressWord("[2001:db8::1]:80-90") == AddressWord(address: "2001:db8::1", port: 80, portRangeEnd: 90))
        #expect(AddressWord("10.0.0.1:1,10.0.0.2:2").port == nil)
    }

    @Test func durations() {
        let cases = [
            ("5", 5), ("5ms", 5), ("5s", 5000), ("10m", 600_000), ("1h", 3_600_000), ("1d", 86_400_000), ("1us", 1),
        ]
        for (word, value) in cases { #expect(ValueCoding.milliseconds(word) == value) }
        for word in ["", "s", "5 s", "5w", "-5", "99999999999999999999", "99999999999999d"] {
            #expect(ValueCoding.milliseconds(word) == nil)
        }
    }
}

@Suite struct JSONTests {
    @Test func goesRound() throws {
        let text = #"{"z":[1,-2,3.5,1e+20],"a":{"b":null,"c":true},"t":"ä\"\\\n\u0001😀"}"#
        let value = try JSONParser.parse(Array(text.utf8))
        #expect(value.text == text)
        #expect(try JSONParser.parse(Array(#""\ud83d\ude00\u00e4""#.utf8)) == "😀ä")
    }

    @Test(
        arguments: [
            "", "{", "[1,]", "{\"a\"}", "01", "1.", "-", "nul", "\"\n\"", "\"\\x\"", "\"\\ud800\"", "1 2", "'a'",
            "{a:1}", "+1", "\"",
        ]
    ) func refuses(text: String) {
        #expect(throws: JSONError.self) { try JSONParser.parse(Array(text.utf8)) }
    }

    @Test func refusesBadUTF8AndDeepNesting() {
        #expect(throws: JSONError.self) { try JSONParser.parse([0x22, 0xFF, 0x22]) }
        #expect(throws: JSONError.self) { try JSONParser.parse([UInt8](repeating: 0x5B, count: 1000)) }
    }
}
