internal import Diagnostics

extension OVFEnvironment {
    /// The properties that `keeps` lets through and the adapters, as `--properties` reads them.
    public func json(keeping keeps: (OVFProperty) -> Bool) -> String {
        var members = properties.filter(keeps).map { "\(JSONString.quoted($0.key)): \(JSONString.quoted($0.value))" }
        let adapters = adapters.map { adapter in
            var fields = [
                "\"mac\": \(JSONString.quoted(adapter.mac))", "\"network\": \(JSONString.quoted(adapter.network))",
            ]
            if let number = adapter.unitNumber { fields.append("\"unit_number\": \(number)") }
            return "    {" + fields.joined(separator: ", ") + "}"
        }
        if !adapters.isEmpty { members.append("\"adapters\": [\n" + adapters.joined(separator: ",\n") + "\n  ]") }
        return "{\n" + members.map { "  " + $0 }.joined(separator: ",\n") + "\n}\n"
    }
}
