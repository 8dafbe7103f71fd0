import Diagnostics

/// The members of a `--properties` object as an environment.
enum OVFMembers {
    private static let adapterKeys = ["adapters", "ethernet_adapters"]

    static func read(_ members: [JSONProperties.Member], excerpt: SourceExcerpt) throws(Diagnostic) -> OVFEnvironment {
        var environment = OVFEnvironment(file: excerpt.file, properties: [])
        for member in members {
            switch member.value {
            case .text(let text) where !adapterKeys.contains(member.key):
                environment.properties.append(OVFProperty(member.key, text, at: member.position))
            case .objects(let objects) where adapterKeys.contains(member.key):
                for object in objects {
                    environment.adapters.append(try adapter(object, of: member, excerpt: excerpt))
                }
            case .text:
                throw excerpt.problem(
                    at: member.valuePosition,
                    "\(member.key) is not a list",
                    remedy: "write [{\"mac\": \"00:50:56:…\", \"network\": \"Management\", \"unit_number\": 7}, …]"
                )
            case .objects:
                throw excerpt.problem(
                    at: member.valuePosition,
                    "the value of \(member.key) is a list",
                    remedy: "write lists as one string with commas: \"10.0.0.0/24,10.0.1.0/24\""
                )
            }
        }
        return environment
    }

    private static func adapter(
        _ object: [JSONProperties.Member],
        of list: JSONProperties.Member,
        excerpt: SourceExcerpt
    ) throws(Diagnostic) -> OVFAdapter {
        var adapter = OVFAdapter(mac: "", network: "", unitNumber: nil, at: list.valuePosition)
        for member in object {
            guard case .text(let text) = member.value else { continue }
            switch member.key {
            case "mac":
                adapter.mac = text
                adapter.position = member.valuePosition
            case "network":
                adapter.network = text
            case "unit_number":
                guard let number = Int(text) else {
                    throw excerpt.problem(
                        at: member.valuePosition,
                        "the unit number \"\(text)\" is not a number",
                        remedy: "give the adapter's place on the bus: 7 for the first"
                    )
                }
                adapter.unitNumber = number
            default:
                throw excerpt.problem(
                    at: member.position,
                    "\(member.key) is not a key of an adapter",
                    remedy: "use mac, network and unit_number"
                )
            }
        }
        guard !adapter.mac.isEmpty else {
            throw excerpt.problem(
                at: adapter.position ?? list.valuePosition,
                "an adapter of \(list.key) has no mac",
                remedy: "write {\"mac\": \"00:50:56:…\", \"network\": \"Management\", \"unit_number\": 7}"
            )
        }
        return adapter
    }
}
