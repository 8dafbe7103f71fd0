@testable import DataPlaneModel
import ProxyConfig
import Testing

@Suite struct CodingTests {
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
