extension OVFEnvironment {
    /// The properties that `keeps` lets through and the adapters, as `--properties` reads them.
    public func json(keeping keeps: (OVFProperty) -> Bool) -> String {
        var members = properties.filter(keeps).map { "\(Self.quoted($0.key)): \(Self.quoted($0.value))" }
        let adapters = adapters.map { adapter in
            var fields = ["\"mac\": \(Self.quoted(adapter.mac))", "\"network\": \(Self.quoted(adapter.network))"]
            if let number = adapter.unitNumber { fields.append("\"unit_number\": \(number)") }
            return "    {" + fields.joined(separator: ", ") + "}"
        }
        if !adapters.isEmpty { members.append("\"adapters\": [\n" + adapters.joined(separator: ",\n") + "\n  ]") }
        return "{\n" + members.map { "  " + $0 }.joined(separator: ",\n") + "\n}\n"
    }

    /// A string of JSON (RFC 8259, section 7).
    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
