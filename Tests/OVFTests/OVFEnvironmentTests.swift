import Diagnostics
import OVF
import Testing

@Suite struct OVFEnvironmentTests {
    static let namespaces = """
        xmlns="http://schemas.dmtf.org/ovf/environment/1" xmlns:oe="http://schemas.dmtf.org/ovf/environment/1" \
        xmlns:ve="http://www.vmware.com/schema/ovfenv" xmlns:evil="urn:evil"
        """

    private func read(_ sections: String) throws(DiagnosticsError) -> OVFEnvironment {
        let text = "<Environment \(Self.namespaces)>\n\(sections)\n</Environment>"
        return try OVFEnvironment(xml: Array(text.utf8), file: "ovf-env.xml")
    }

    private func problems(_ sections: String) throws -> [Diagnostic] {
        try #require(#expect(throws: DiagnosticsError.self) { try read(sections) }).diagnostics
    }

    @Test func readsSections() throws {
        let environment = try read(
            """
            <PlatformSection><Kind>VMware ESXi</Kind><Version>8.0.2</Version></PlatformSection>
            <PropertySection>
              <Property oe:key="network.hostname" oe:value="a &amp; b"/>
              <Property oe:key="appliance.root_pwd" oe:value=""/>
            </PropertySection>
            <Entity oe:id="other"><PropertySection><Property oe:key="x" oe:value="y"/></PropertySection></Entity>
            <ve:EthernetAdapterSection>
              <ve:Adapter ve:mac="00:50:56:b4:0a:c7" ve:network="VM Network" ve:unitNumber="7"/>
            </ve:EthernetAdapterSection>
            """
        )
        #expect(
            environment.properties == [
                OVFProperty("network.hostname", "a & b", at: SourcePosition(line: 4, column: 3)),
                OVFProperty("appliance.root_pwd", "", at: SourcePosition(line: 5, column: 3)),
            ]
        )
        #expect(environment.platform == OVFPlatform(kind: "VMware ESXi", version: "8.0.2"))
        #expect(
            environment.adapters == [
                OVFAdapter(
                    mac: "00:50:56:b4:0a:c7",
                    network: "VM Network",
                    unitNumber: 7,
                    at: SourcePosition(line: 9, column: 23)
                )
            ]
        )
        #expect(environment.warnings.isEmpty)
    }

    @Test func ignoresAnAttributeInTheWrongNamespace() throws {
        let both = try read(
            "<PropertySection><Property evil:key=\"a\" oe:key=\"b\" evil:value=\"c\" oe:value=\"d\"/></PropertySection>"
        )
        #expect(both.properties.map(\.key) == ["b"])
        #expect(both["b"]?.value == "d")
        let only = try problems("<PropertySection><Property evil:key=\"a\" oe:value=\"d\"/></PropertySection>")
        #expect(only.map(\.message) == ["Property has no oe:key: key is in urn:evil"])
        #expect(only.first?.position == SourcePosition(line: 2, column: 28))
    }

    @Test func ignoresAnAttributeWithoutAPrefix() throws {
        let found = try problems("<PropertySection><Property key=\"a\" oe:value=\"d\"/></PropertySection>")
        #expect(found.map(\.message) == ["Property has no oe:key: key is in no namespace"])
        #expect(found.first?.remedy?.contains("xmlns:oe=\"http://schemas.dmtf.org/ovf/environment/1\"") == true)
        let value = try problems("<PropertySection><Property oe:key=\"a\"/></PropertySection>")
        #expect(value.map(\.message) == ["Property has no oe:value"])
    }

    @Test func ignoresASectionOfAForeignNamespace() throws {
        let environment = try read(
            "<evil:PropertySection><Property oe:key=\"a\" oe:value=\"b\"/></evil:PropertySection>"
                + "<EthernetAdapterSection><ve:Adapter ve:mac=\"x\"/></EthernetAdapterSection>"
        )
        #expect(environment.properties.isEmpty)
        #expect(environment.adapters.isEmpty)
        #expect(environment.warnings.map(\.severity) == [.warning, .warning])
        #expect(environment.warnings.first?.message == "PropertySection in urn:evil is not read")
    }

    @Test func refusesAnotherRoot() throws {
        let error = #expect(throws: DiagnosticsError.self) {
            try OVFEnvironment(xml: Array("<Environment/>".utf8), file: "x")
        }
        #expect(error?.diagnostics.first?.message.hasSuffix("its root is Environment in no namespace") == true)
    }

    @Test func reportsAllProblemsOfItsSections() throws {
        let found = try problems(
            """
            <PropertySection>
            <Property oe:key="a" oe:value="1"/>
            <Property oe:key="a" oe:value="2"/>
            </PropertySection>
            <ve:EthernetAdapterSection>
            <ve:Adapter ve:network="x"/>
            <ve:Adapter ve:mac="00:50:56:b4:0a:c7" ve:unitNumber="seven"/>
            </ve:EthernetAdapterSection>
            """
        )
        #expect(
            found.map(\.message) == [
                "a is there twice, first on line 3", "Adapter has no ve:mac",
                "the unit number \"seven\" is not a number",
            ]
        )
        #expect(found.map(\.remedy).first == "keep one of them")
    }

    @Test func refusesMorePropertiesThanAnApplianceCanHave() throws {
        let properties = (0...1000).map { "<Property oe:key=\"k\($0)\" oe:value=\"\"/>" }.joined()
        let found = try problems("<PropertySection>\(properties)</PropertySection>")
        #expect(found.map(\.message) == ["there are more than 1000 properties"])
    }

    @Test func neverShowsASecret() throws {
        let duplicate = try problems(
            """
            <PropertySection>
            <Property oe:key="a_pwd" oe:value="hunter2"/>
            <Property oe:value="hunter2" oe:key="a_pwd"/>
            </PropertySection>
            """
        )
        #expect(!duplicate.map(\.rendered).joined().contains("hunter2"))
        let ampersand = try problems("<PropertySection><Property oe:key=\"root_pwd\" oe:value=\"hunter2&x;\"/>")
        #expect(!ampersand.map(\.rendered).joined().contains("hunter2"))
        let property = OVFProperty("root_pwd", "hunter2")
        var dumped = ""
        dump(property, to: &dumped)
        #expect(!"\(property) \(String(reflecting: property)) \(dumped)".contains("hunter2"))
        #expect(dumped.contains("root_pwd"))
    }
}
