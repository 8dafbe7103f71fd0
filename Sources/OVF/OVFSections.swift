import Diagnostics

/// The sections of an `Environment` element. Everything is looked up by namespace: a name that only looks right is
/// somebody else's.
struct OVFSections {
    static let environment = "http://schemas.dmtf.org/ovf/environment/1"
    static let vmware = "http://www.vmware.com/schema/ovfenv"

    private let excerpt: SourceExcerpt
    private var result: OVFEnvironment
    private var problems: [Diagnostic] = []

    static func read(_ root: XMLElement, excerpt: SourceExcerpt) throws(DiagnosticsError) -> OVFEnvironment {
        var sections = OVFSections(excerpt: excerpt)
        sections.read(root)
        guard sections.problems.isEmpty else { throw DiagnosticsError(sections.problems) }
        return sections.result
    }

    private init(excerpt: SourceExcerpt) {
        self.excerpt = excerpt
        result = OVFEnvironment(file: excerpt.file, properties: [])
    }

    private mutating func read(_ root: XMLElement) {
        guard root.name == XMLName(Self.environment, "Environment") else {
            return problems.append(
                excerpt.problem(
                    at: root.position,
                    "the document is not an OVF environment: its root is \(Self.name(root.name))",
                    remedy: "give the document that vmware-rpctool 'info-get guestinfo.ovfEnv' prints"
                )
            )
        }
        for section in root.children { read(section: section) }
    }

    private mutating func read(section: XMLElement) {
        switch section.name {
        case XMLName(Self.environment, "PropertySection"):
            let properties = section.children(XMLName(Self.environment, "Property"))
            guard properties.count + result.properties.count <= OVFEnvironment.mostProperties else {
                return problems.append(
                    excerpt.problem(
                        at: section.position,
                        "there are more than \(OVFEnvironment.mostProperties) properties",
                        remedy: "give the environment of the appliance, not another document"
                    )
                )
            }
            for property in properties { read(property: property) }
        case XMLName(Self.environment, "PlatformSection"):
            func text(_ name: String) -> String? { section.children(XMLName(Self.environment, name)).first?.text }
            result.platform = OVFPlatform(
                kind: text("Kind"),
                version: text("Version"),
                vendor: text("Vendor"),
                locale: text("Locale")
            )
        case XMLName(Self.vmware, "EthernetAdapterSection"):
            for adapter in section.children(XMLName(Self.vmware, "Adapter")) { read(adapter: adapter) }
        case let name where ["PropertySection", "EthernetAdapterSection"].contains(name.local):
            let expected = name.local == "PropertySection" ? Self.environment : Self.vmware
            result.warnings.append(
                excerpt.diagnostic(
                    .warning,
                    at: section.position,
                    "\(Self.name(name)) is not read",
                    remedy: "put \(name.local) into the namespace \(expected)"
                )
            )
        default:
            // Sections of others, and Entity: the properties of other machines of the vApp.
            break
        }
    }

    private mutating func read(property: XMLElement) {
        guard let key = required("key", "oe", Self.environment, of: property),
            let value = required("value", "oe", Self.environment, of: property)
        else { return }
        if let first = result[key.value]?.position {
            return problems.append(
                excerpt.problem(
                    at: key.position,
                    "\(key.value) is there twice, first on line \(first.line)",
                    remedy: "keep one of them"
                )
            )
        }
        result.properties.append(OVFProperty(key.value, value.value, at: property.position))
    }

    private mutating func read(adapter: XMLElement) {
        guard let mac = required("mac", "ve", Self.vmware, of: adapter) else { return }
        let unit = adapter.attribute(XMLName(Self.vmware, "unitNumber"))
        let number = unit.flatMap { Int($0.value) }
        if let unit, number == nil {
            problems.append(
                excerpt.problem(
                    at: unit.valuePosition,
                    "the unit number \"\(unit.value)\" is not a number",
                    remedy: "give the adapter's place on the bus: 7 for the first"
                )
            )
        }
        result.adapters.append(
            OVFAdapter(
                mac: mac.value,
                network: adapter.attribute(XMLName(Self.vmware, "network"))?.value ?? "",
                unitNumber: number,
                at: mac.valuePosition
            )
        )
    }

    /// An attribute in its namespace; its absence is a problem that names the near miss.
    private mutating func required(
        _ local: String,
        _ prefix: String,
        _ namespace: String,
        of element: XMLElement
    ) -> XMLAttribute? {
        if let attribute = element.attribute(XMLName(namespace, local)) { return attribute }
        let near = element.attributes.first { $0.name.local == local }
        let found = near.map {
            ": \(local) is \($0.name.namespace.isEmpty ? "in no namespace" : "in \($0.name.namespace)")"
        }
        problems.append(
            excerpt.problem(
                at: near?.position ?? element.position,
                "\(element.name.local) has no \(prefix):\(local)\(found ?? "")",
                remedy: "write \(prefix):\(local)=\"…\" with xmlns:\(prefix)=\"\(namespace)\""
            )
        )
        return nil
    }

    private static func name(_ name: XMLName) -> String {
        name.namespace.isEmpty ? "\(name.local) in no namespace" : "\(name.local) in \(name.namespace)"
    }
}
