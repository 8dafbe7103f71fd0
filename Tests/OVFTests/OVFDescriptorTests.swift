import Diagnostics
@testable import OVF
import Testing

/// Descriptors: what is read of them, and what is wrong with them in themselves.
struct OVFDescriptorTests {
    private static let sound = """
        <Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:o="http://schemas.dmtf.org/ovf/envelope/1"
                  xmlns:r="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData">
          <References><File o:id="f" o:href="a.vmdk" o:size="7"/></References>
          <DiskSection><Disk o:diskId="d" o:fileRef="f" o:capacity="20"/></DiskSection>
          <NetworkSection><Network o:name="Management"/></NetworkSection>
          <DeploymentOptionSection>
            <Configuration o:id="small" o:default="true"/>
            <Configuration o:id="large"/>
          </DeploymentOptionSection>
          <VirtualSystem o:id="v">
            <VirtualHardwareSection o:transport="iso com.vmware.guestInfo">
              <Item><r:InstanceID>1</r:InstanceID><r:ResourceType>6</r:ResourceType></Item>
              <Item>
                <r:AddressOnParent>0</r:AddressOnParent>
                <r:HostResource>ovf:/disk/d</r:HostResource>
                <r:InstanceID>2</r:InstanceID>
                <r:Parent>1</r:Parent>
                <r:ResourceType>17</r:ResourceType>
              </Item>
              <Item o:configuration="small"><r:InstanceID>3</r:InstanceID><r:ResourceType>4</r:ResourceType></Item>
              <Item o:configuration="large"><r:InstanceID>3</r:InstanceID><r:ResourceType>4</r:ResourceType></Item>
              <Item>
                <r:Connection>Management</r:Connection>
                <r:InstanceID>4</r:InstanceID>
                <r:ResourceType>10</r:ResourceType>
              </Item>
            </VirtualHardwareSection>
            <ProductSection><Property o:key="alone" o:type="boolean" o:value="true"/></ProductSection>
            <ProductSection o:class="network">
              <Property o:key="count" o:type="int" o:value="5" o:qualifiers="MinValue(1) MaxValue(9)"
                        o:configuration="large" o:userConfigurable="true">
                <Label>1. Count</Label>
                <Description>How
                  many.</Description>
              </Property>
              <Property o:key="word" o:type="string" o:password="true" o:qualifiers='ValueMap{"","one","two"}'/>
            </ProductSection>
          </VirtualSystem>
        </Envelope>
        """

    private static func read(_ text: String) throws -> OVFDescriptor {
        try OVFDescriptor(Array(text.utf8), file: "a.ovf")
    }

    @Test func readsWhatADeploymentAsksFor() throws {
        let descriptor = try Self.read(Self.sound)
        #expect(descriptor.checked().isEmpty, "\(descriptor.checked())")
        #expect(descriptor.files.map { [$0.id, $0.href, "\($0.size ?? 0)"] } == [["f", "a.vmdk", "7"]])
        #expect(descriptor.disks.map { $0.fileID } == ["f"])
        #expect(descriptor.networks.map { $0.name } == ["Management"])
        #expect(descriptor.configurations.map { $0.isDefault } == [true, false])
        #expect(descriptor.transports == ["iso", "com.vmware.guestInfo"])
        #expect(descriptor.items.map { $0.id } == ["1", "2", "3", "3", "4"])
        #expect(descriptor.properties.map { $0.key } == ["alone", "network.count", "network.word"])
        let count = descriptor.properties[1]
        #expect(count.label == "1. Count" && count.summary == "How many." && count.configurations == ["large"])
        #expect(count.qualifiers == [.least(1), .most(9)] && count.isConfigurable && !count.isPassword)
        #expect(descriptor.properties[2].qualifiers == [.oneOf(["", "one", "two"])])
        #expect(descriptor.properties[2].isPassword)
    }

    @Test(arguments: [
        (#"o:fileRef="f""#, #"o:fileRef="g""#, "there is no file g for the disk d"),
        ("ovf:/disk/d", "ovf:/disk/e", "is made of ovf:/disk/e, which is not there"),
        ("<r:Parent>1<", "<r:Parent>9<", "on a controller 9 that is not there"),
        ("<r:Connection>Management<", "<r:Connection>Other<", "the network Other, which"),
        (#"<Item o:configuration="large"><r:InstanceID>3"#, "<Item><r:InstanceID>3", "the item 3 is there twice"),
        (#"<Item o:configuration="large">"#, #"<Item o:configuration="huge">"#, "the deployment option huge"),
        (#"o:id="large""#, #"o:id="large" o:default="1""#, "a second deployment option is the default"),
        (#"o:key="word""#, #"o:key="count""#, "the property network.count is there twice, first on line"),
        (#"o:value="5""#, #"o:value="10""#, "network.count: its own default is none of its values"),
        (#"o:value="true""#, #"o:value="maybe""#, "alone: its own default"),
        ("MinValue(1)", "AtLeast(1)", "the qualifiers of network.count cannot be read"),
        ("MinValue(1)", "MinValue(one", "the qualifiers of network.count cannot be read"),
        (#"o:size="7""#, #"o:size="-7""#, "ovf:size of File is not a number"),
        (#" o:href="a.vmdk""#, "", "File has no ovf:href"),
        (#"o:key="word""#, #"key="word""#, "Property has no ovf:key"),
        ("<r:InstanceID>4</r:InstanceID>", "", "the item has no InstanceID"),
    ])
    func tellsWhatIsWrongAndWhere(_ old: String, _ new: String, _ expected: String) throws {
        let text = Self.sound.replacing(old, with: new)
        #expect(text != Self.sound)
        let problems = try Self.read(text).checked()
        let problem = try #require(problems.first { $0.message.contains(expected) }, "\(problems)")
        let place = try #require(problem.position)
        let line = text.split(separator: "\n")[place.line - 1]
        // One that names a secret is cut before its tag.
        #expect(problem.sourceLine == (line.contains("password") ? line.prefix { $0 == " " } + "…" : String(line)))
        #expect(problem.remedy?.isEmpty == false)
    }

    @Test(arguments: ["", "<Envelope/>", "<a", #"<Environment xmlns="http://schemas.dmtf.org/ovf/environment/1"/>"#])
    func refusesOtherDocuments(_ text: String) {
        #expect(throws: DiagnosticsError.self) { try Self.read(text) }
    }

    @Test func anotherNumberOfMachinesIsTold() throws {
        let text = Self.sound.replacing("VirtualSystem", with: "VirtualSystemCollection")
        #expect(try Self.read(text).checked().contains { $0.message == "the descriptor has 0 machines" })
    }

    /// A password that somebody has filled in is on no output.
    @Test(arguments: [
        ("ValueMap", "ValueMap"), ("ValueMap{", "ValueMap("), (#"o:type="string" o:password"#, "o:password"),
    ])
    func aFilledInPasswordIsNotShown(_ old: String, _ new: String) throws {
        let line =
            #"<Property o:key="word" o:type="string" o:password="true" o:qualifiers='ValueMap{"","one","two"}'/>"#
        let filled = line.replacing("/>", with: #" o:value="hush"/>"#).replacing(old, with: new)
        let text = Self.sound.replacing(line, with: filled)
        #expect(text != Self.sound)
        let problems = try Self.read(text).checked()
        #expect(!problems.isEmpty)
        #expect(!problems.map { $0.rendered }.joined().contains("hush"))
    }

    @Test(arguments: [
        ("string", "MinLen(6) MaxLen(8)", ["", "12345", "123456789"], ["123456", "12345678", "äöüäöü"]),
        ("boolean", "", ["", "yes", "1"], ["true", "False"]),
        ("int", "MinValue(1), MaxValue(65535)", ["", "0", "65536", "port"], ["1", "65535"]),
        ("string", #"ValueMap{"p256", "p384"}"#, ["", "rsa"], ["p256", "p384"]),
    ])
    func boundsWhatVSphereTakes(_ type: String, _ qualifiers: String, _ wrong: [String], _ right: [String]) throws {
        let property = OVFDescriptor.Property(
            key: "a.b",
            type: type,
            isPassword: false,
            isConfigurable: true,
            value: "",
            label: "",
            summary: "",
            qualifiers: try #require(OVFQualifier.list(qualifiers)),
            configurations: [],
            position: SourcePosition(line: 1, column: 1)
        )
        for value in wrong { #expect(property.remedy(for: value) != nil, "\(value)") }
        for value in right { #expect(property.remedy(for: value) == nil, "\(value)") }
    }
}
