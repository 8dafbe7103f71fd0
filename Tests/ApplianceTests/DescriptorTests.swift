import Appliance
import TestSupport
import Testing

/// `ovf/appliance.ovf`: what vSphere asks for is what first boot reads. Read by another XML parser than ours.
@Suite(.blocking) struct DescriptorTests {
    private static let path =
        String(#filePath.dropLast("Tests/ApplianceTests/DescriptorTests.swift".count))
        + "ovf/appliance.ovf"

    /// `class.key type password configurable label` of each property, one a line.
    private static func properties() throws -> [String] {
        let script = """
            import sys, xml.etree.ElementTree as tree
            e = "{http://schemas.dmtf.org/ovf/envelope/1}"
            for section in tree.parse(sys.argv[1]).iter(e + "ProductSection"):
                for p in section.iter(e + "Property"):
                    print(section.get(e + "class") + "." + p.get(e + "key"), p.get(e + "type"),
                          p.get(e + "password", "false"), p.get(e + "userConfigurable"), p.find(e + "Label").text)
            """
        return try run("python3", "-c", script, path).split(separator: "\n").map { String($0) }
    }

    @Test func asksForEveryPropertyOnce() throws {
        let keys = try Self.properties().compactMap { $0.split(separator: " ").first }
        #expect(Set(keys.map { String($0) }) == Set(PropertyKey.allCases.map { $0.rawValue }))
        #expect(Set(keys).count == keys.count)
    }

    @Test func hidesWhatIsSecretAndOffersEverything() throws {
        for line in try Self.properties() {
            let words = line.split(separator: " ")
            let definition = try #require(PropertyKey(rawValue: String(words[0])).flatMap { PropertySchema[$0] })
            // Keys are pasted as the former appliance's: a password field takes one line.
            #expect((words[2] == "true") == [.password, .passphrase].contains(definition.kind), "\(line)")
            #expect(words[3] == "true", "\(line)")
        }
    }

    /// Scripts that deploy the former appliance go on: keys, types and labels of its categories.
    @Test func keepsTheFormerOnes() throws {
        let lines = try Self.properties()
        for former in [
            "appliance.root_pwd string true true 1.1. Root Password",
            "appliance.permit_root_login boolean false true 1.2. Permit Root Login",
            "network.hostname string false true 2.1. Host Name",
            "network.nameservers string false true 2.2. DNS",
            "network.management_ip string false true 2.3. Management IP",
            "network.management_gateway string false true 2.4. Management Gateway",
            "network.workload_ip string false true 2.5. Workload IP",
            "network.workload_gateway string false true 2.6. Workload Gateway",
            "network.additional_workload_networks string false true 2.7. Additional Workload Networks",
            "network.frontend_ip string false true 2.8. Frontend IP",
            "network.frontend_gateway string false true 2.9. Frontend Gateway",
            "loadbalance.service_ip_range string false true 3.1. Load Balancer IP Ranges",
            "loadbalance.dataplane_port int false true 3.2. Dataplane API Management Port",
            "loadbalance.haproxy_user string false true 3.3. HAProxy User ID",
            "loadbalance.haproxy_pwd string true true 3.4. HAProxy Password",
        ] {
            #expect(lines.contains(former), "\(former)")
        }
    }
}
