import Diagnostics
import OVF
import Testing

/// An environment that is written is read as it was.
struct EnvironmentDocumentTests {
    @Test func whatIsWrittenIsReadAgain() throws {
        let values = [
            "", " a  b ", "<&>\"'", "-----BEGIN\nx\r\ny\tz\n", "äöü €", "&amp;#10;", "]]>", "a\u{85}b\u{2028}",
        ]
        let properties = values.enumerated().map { OVFProperty("network.key<\($0.offset)", $0.element) }
        let adapters = [
            OVFAdapter(mac: "00:50:56:00:00:01", network: "VM \"Network\" & more", unitNumber: 7),
            OVFAdapter(mac: "00:50:56:00:00:02", network: "", unitNumber: nil),
        ]
        let platform = OVFPlatform(kind: "VMware ESXi", version: "8.0", vendor: "A & B", locale: nil)
        let environment = OVFEnvironment(file: "a", properties: properties, adapters: adapters, platform: platform)
        let text = try environment.xml()
        let again = try OVFEnvironment(xml: Array(text.utf8), file: "b")
        #expect(again.properties.map { $0.key } == properties.map { $0.key })
        #expect(again.properties.map { $0.value } == values)
        #expect(again.adapters.map { [$0.mac, $0.network] } == adapters.map { [$0.mac, $0.network] })
        #expect(again.adapters.map { $0.unitNumber } == [7, nil])
        #expect(again.platform == platform && again.warnings.isEmpty)
    }

    @Test func whatXMLCannotHaveIsRefusedAllAtOnce() throws {
        let json = "{\"a.one\": \"x\\u0001\",\n \"a.two\": \"fine\",\n \"a.three\": \"\\u001b[2J\"}"
        let environment = try OVFEnvironment(json: Array(json.utf8), file: "p.json")
        do {
            _ = try environment.xml()
            Issue.record("it was written")
        } catch {
            #expect(error.diagnostics.map { $0.position?.line } == [1, 3])
        }
    }
}
