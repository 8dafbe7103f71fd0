import Diagnostics
import OVF
import Testing

@Suite struct EnvironmentScrubberTests {
    private static let head = """
        <?xml version="1.0" encoding="UTF-8"?>
        <Environment xmlns="http://schemas.dmtf.org/ovf/environment/1"
            xmlns:oe="http://schemas.dmtf.org/ovf/environment/1" xmlns:ve="http://www.vmware.com/schema/ovfenv">

        """

    private func scrub(_ body: String) throws -> EnvironmentScrubber.Result {
        try EnvironmentScrubber.scrub(Self.head + body + "</Environment>", file: "env") { key, _ in
            key.contains("pwd")
        }
    }

    @Test func emptiesTheValuesAndNothingElse() throws {
        let body = """
            <PropertySection>
              <Property oe:key="a.root_pwd" oe:value="canary &lt;'&#10;&quot; ä"/> <Property oe:key="b" oe:value="kept"/>
              <!-- comment --><Property oe:value='canary "2"' oe:key='a.b_pwd'></Property><Property oe:key="c" oe:value=""/>
            </PropertySection>
            <Entity oe:id="other"><PropertySection><Property oe:key="x_pwd" oe:value="canary"/></PropertySection></Entity>
            <ve:EthernetAdapterSection><ve:Adapter ve:mac="00:50:56:00:00:01" ve:network="N" ve:unitNumber="7"/>
            </ve:EthernetAdapterSection>
            """
        let result = try scrub(body)
        #expect(result.keys == ["a.root_pwd", "a.b_pwd", "x_pwd"])
        let expected = body.replacing("canary &lt;'&#10;&quot; ä", with: "").replacing("canary \"2\"", with: "")
            .replacing("\"canary\"", with: "\"\"")
        #expect(result.text == Self.head + expected + "</Environment>")
        let again = try EnvironmentScrubber.scrub(result.text, file: "env") { key, _ in key.contains("pwd") }
        #expect(again.keys.isEmpty && again.text == result.text)
        let environment = try OVFEnvironment(xml: Array(result.text.utf8), file: "env")
        #expect(environment["a.root_pwd"]?.value == "")
        #expect(environment["b"]?.value == "kept")
    }

    @Test func findsThePlacesBehindAByteOrderMarkAndOtherLineEnds() throws {
        let text =
            "\u{feff}" + Self.head.replacing("\n", with: "\r\n")
            + "<PropertySection><Property oe:key=\"pwd\"\r\n\toe:value=\"can\r\nary\"/></PropertySection></Environment>"
        let result = try EnvironmentScrubber.scrub(text, file: "env") { _, _ in true }
        #expect(result.text == text.replacing("can\r\nary", with: ""))
    }

    /// What cannot be read cannot be scrubbed, and no problem repeats a value.
    @Test func refusesWhatIsNoXML() throws {
        let error = #expect(throws: DiagnosticsError.self) {
            try EnvironmentScrubber.scrub("<a pwd=\"canary\"", file: "env") { _, _ in true }
        }
        #expect(error?.diagnostics.allSatisfy { !$0.rendered.contains("canary") } == true)
    }

    @Test func writesWhatItReadsAsJSON() throws {
        var environment = OVFEnvironment(
            file: "env",
            properties: [OVFProperty("a", "tab\t\"quoted\" \\ ä\u{1}"), OVFProperty("secret", "canary")],
            adapters: [
                OVFAdapter(mac: "00:50:56:00:00:01", network: "Man\"agement", unitNumber: 7),
                OVFAdapter(mac: "00:50:56:00:00:02", network: "", unitNumber: nil),
            ]
        )
        let text = environment.json { $0.key != "secret" }
        let read = try OVFEnvironment(json: Array(text.utf8), file: "env")
        #expect(read.properties.map(\.key) == ["a"])
        #expect(read["a"]?.value == environment["a"]?.value)
        #expect(read.adapters.map(\.mac) == environment.adapters.map(\.mac))
        #expect(read.adapters.map(\.network) == ["Man\"agement", ""])
        #expect(read.adapters.map(\.unitNumber) == [7, nil])
        environment.properties = []
        environment.adapters = []
        #expect(try OVFEnvironment(json: Array(environment.json { _ in true }.utf8), file: "env").properties.isEmpty)
    }
}
