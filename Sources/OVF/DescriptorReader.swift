import Diagnostics

/// Reads an `Envelope`. What is missing is noted, and the rest read all the same.
struct DescriptorReader {
    static let ovf = "http://schemas.dmtf.org/ovf/envelope/1"
    static let allocation =
        "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData"

    private var result: OVFDescriptor

    static func read(_ root: XMLElement, _ source: SourceExcerpt) throws(DiagnosticsError) -> OVFDescriptor {
        guard root.name == XMLName(ovf, "Envelope") else {
            throw DiagnosticsError([
                source.diagnostic(
                    at: root.position,
                    "the document is not an OVF descriptor: its root is \(root.name.local)",
                    remedy: "give an .ova file or the .ovf file of one"
                )
            ])
        }
        var reader = DescriptorReader(result: OVFDescriptor(source))
        reader.read(root)
        return reader.result
    }

    private static func ovf(_ name: String) -> XMLName { XMLName(ovf, name) }

    private mutating func read(_ root: XMLElement) {
        func parts(_ section: String, _ name: String) -> [XMLElement] {
            root.children(Self.ovf(section)).flatMap { $0.children(Self.ovf(name)) }
        }
        for element in parts("References", "File") {
            guard let id = required("id", of: element), let href = required("href", of: element) else { continue }
            result.files.append(
                OVFDescriptor.File(
                    id: id.value,
                    href: href.value,
                    size: number("size", of: element),
                    position: href.valuePosition
                )
            )
        }
        for element in parts("DiskSection", "Disk") {
            guard let id = required("diskId", of: element) else { continue }
            let file = element.attribute(Self.ovf("fileRef"))
            result.disks.append(
                OVFDescriptor.Disk(
                    id: id.value,
                    fileID: file?.value,
                    position: file?.valuePosition ?? id.valuePosition
                )
            )
        }
        for element in parts("NetworkSection", "Network") {
            guard let name = required("name", of: element) else { continue }
            result.networks.append(OVFDescriptor.Network(name: name.value, position: name.valuePosition))
        }
        for element in parts("DeploymentOptionSection", "Configuration") {
            guard let id = required("id", of: element) else { continue }
            let isDefault = Self.isTrue(element.attribute(Self.ovf("default"))) ?? false
            result.configurations.append(
                OVFDescriptor.Configuration(id: id.value, isDefault: isDefault, position: id.valuePosition)
            )
        }
        let systems = root.children(Self.ovf("VirtualSystem"))
        guard systems.count == 1, let system = systems.first else {
            return report(
                at: systems.last?.position ?? root.position,
                "the descriptor has \(systems.count) machines",
                remedy: "give the descriptor of one appliance, with one VirtualSystem"
            )
        }
        read(system: system)
    }

    private mutating func read(system: XMLElement) {
        for section in system.children(Self.ovf("VirtualHardwareSection")) {
            result.hardware = section.position
            let transport = section.attribute(Self.ovf("transport"))?.value ?? ""
            result.transports += transport.split(whereSeparator: \.isWhitespace).map { String($0) }
            for item in section.children(Self.ovf("Item")) { read(item: item) }
        }
        if result.hardware == nil {
            report(at: system.position, "the machine has no hardware", remedy: "add a VirtualHardwareSection")
        }
        for section in system.children(Self.ovf("ProductSection")) {
            let prefix = section.attribute(Self.ovf("class")).map { $0.value + "." } ?? ""
            for property in section.children(Self.ovf("Property")) { read(property: property, prefix) }
        }
    }

    private mutating func read(item: XMLElement) {
        func text(_ name: String) -> String? {
            item.children(XMLName(Self.allocation, name)).first.map { Self.words($0) }
        }
        guard let id = text("InstanceID") else {
            return report(at: item.position, "the item has no InstanceID", remedy: "add rasd:InstanceID")
        }
        result.items.append(
            OVFDescriptor.Item(
                id: id,
                kind: text("ResourceType").flatMap { Int($0) },
                connection: text("Connection"),
                resource: text("HostResource"),
                parent: text("Parent"),
                addressOnParent: text("AddressOnParent").flatMap { Int($0) },
                configurations: Self.configurations(item),
                position: item.position
            )
        )
    }

    private mutating func read(property: XMLElement, _ prefix: String) {
        guard let key = required("key", of: property), let type = required("type", of: property) else { return }
        let qualifiers = property.attribute(Self.ovf("qualifiers"))
        let bounds = OVFQualifier.list(qualifiers?.value ?? "")
        if let qualifiers, bounds == nil {
            report(
                at: qualifiers.valuePosition,
                "the qualifiers of \(prefix + key.value) cannot be read",
                remedy: "use MinLen(n), MaxLen(n), MinValue(n), MaxValue(n) and ValueMap{\"a\",\"b\"}"
            )
        }
        func text(_ name: String) -> String { property.children(Self.ovf(name)).first.map { Self.words($0) } ?? "" }
        result.properties.append(
            OVFDescriptor.Property(
                key: prefix + key.value,
                type: type.value,
                isPassword: Self.isTrue(property.attribute(Self.ovf("password"))) ?? false,
                isConfigurable: Self.isTrue(property.attribute(Self.ovf("userConfigurable"))) ?? false,
                value: property.attribute(Self.ovf("value"))?.value ?? "",
                label: text("Label"),
                summary: text("Description"),
                qualifiers: bounds ?? [],
                configurations: Self.configurations(property),
                position: key.valuePosition
            )
        )
    }

    // MARK: Attributes and texts

    private mutating func required(_ name: String, of element: XMLElement) -> XMLAttribute? {
        if let attribute = element.attribute(Self.ovf(name)), !attribute.value.isEmpty { return attribute }
        report(
            at: element.position,
            "\(element.name.local) has no ovf:\(name)",
            remedy: "write ovf:\(name)=\"…\" with xmlns:ovf=\"\(Self.ovf)\""
        )
        return nil
    }

    private mutating func number(_ name: String, of element: XMLElement) -> Int? {
        guard let attribute = element.attribute(Self.ovf(name)) else { return nil }
        if let number = Int(attribute.value), number >= 0 { return number }
        report(
            at: attribute.valuePosition,
            "ovf:\(name) of \(element.name.local) is not a number",
            remedy: "give a number of bytes"
        )
        return nil
    }

    private mutating func report(at position: SourcePosition, _ message: String, remedy: String) {
        result.problems.append(result.diagnostic(at: position, message, remedy: remedy))
    }

    /// nil if it is not there.
    private static func isTrue(_ attribute: XMLAttribute?) -> Bool? {
        (attribute?.value).map { ["true", "1"].contains($0) }
    }

    private static func configurations(_ element: XMLElement) -> [String] {
        (element.attribute(ovf("configuration"))?.value ?? "").split(whereSeparator: \.isWhitespace).map { String($0) }
    }

    /// The text on one line.
    private static func words(_ element: XMLElement) -> String {
        element.text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}
