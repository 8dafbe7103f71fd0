public import Diagnostics

extension OVFEnvironment {
    /// The environment as vCenter writes it for the machine: the properties in their order, then the adapters.
    ///
    /// - Throws: `DiagnosticsError` for every property with a character that XML cannot have.
    public func xml() throws(DiagnosticsError) -> String {
        let wrong = properties.filter { !Self.fits($0.key) || !Self.fits($0.value) }.map { property in
            diagnostic(
                at: property.position,
                "\(property.key) holds a control character, which XML cannot have",
                remedy: "remove it"
            )
        }
        guard wrong.isEmpty else { throw DiagnosticsError(wrong) }
        var lines = [
            #"<?xml version="1.0" encoding="UTF-8"?>"#,
            #"<Environment xmlns="\#(OVFSections.environment)" xmlns:oe="\#(OVFSections.environment)""#,
            #"             xmlns:ve="\#(OVFSections.vmware)" oe:id="">"#,
        ]
        if let platform {
            let fields = [
                ("Kind", platform.kind), ("Version", platform.version), ("Vendor", platform.vendor),
                ("Locale", platform.locale),
            ]
            lines.append("  <PlatformSection>")
            for case (let name, let text?) in fields { lines.append("    <\(name)>\(Self.escaped(text))</\(name)>") }
            lines.append("  </PlatformSection>")
        }
        lines.append("  <PropertySection>")
        for property in properties {
            let (key, value) = (Self.escaped(property.key), Self.escaped(property.value))
            lines.append(#"    <Property oe:key="\#(key)" oe:value="\#(value)"/>"#)
        }
        lines.append("  </PropertySection>")
        if !adapters.isEmpty {
            lines.append("  <ve:EthernetAdapterSection>")
            for adapter in adapters {
                let unit = adapter.unitNumber.map { #" ve:unitNumber="\#($0)""# } ?? ""
                let (mac, network) = (Self.escaped(adapter.mac), Self.escaped(adapter.network))
                lines.append(#"    <ve:Adapter ve:mac="\#(mac)" ve:network="\#(network)"\#(unit)/>"#)
            }
            lines.append("  </ve:EthernetAdapterSection>")
        }
        return (lines + ["</Environment>", ""]).joined(separator: "\n")
    }

    /// Whether every character may stand in XML 1.0 (section 2.2).
    private static func fits(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { scalar in
            switch scalar.value {
            case 0x09, 0x0a, 0x0d: true
            case ..<0x20, 0xfffe, 0xffff: false
            default: true
            }
        }
    }

    /// For an attribute: line ends and tabs would else become blanks.
    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "\t", "\n", "\r": result += "&#\(scalar.value);"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
