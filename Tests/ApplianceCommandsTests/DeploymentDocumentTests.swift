import Appliance
import Foundation
import OVF
import TestSupport
import Testing

/// docs/deploy: every name is one of the descriptor's.
@Suite(.blocking) struct DeploymentDocumentTests {
    private static func descriptor() throws -> OVFDescriptor {
        try OVFDescriptor(Array(try TestPackage.template.utf8), file: "appliance.ovf")
    }

    private static func keys() throws -> Set<String> { Set(try descriptor().properties.map { $0.key }) }

    /// What must be set in both examples: a machine of the deployment option `frontend` that serves.
    private static let needed: Set<String> = [
        "appliance.root_pwd", "network.management_ip", "network.management_gateway", "network.workload_ip",
        "network.workload_gateway", "network.frontend_ip", "network.frontend_gateway", "loadbalance.service_ip_range",
        "loadbalance.haproxy_user", "loadbalance.haproxy_pwd",
    ]

    @Test func theTableIsThatOfTheDescriptor() throws {
        let table = try run(DocumentationTests.root.appending(path: "scripts/property-table").path)
        let page = try DocumentationTests.page("deploy/quick-start.md")
        #expect(
            page.contains("<!-- scripts/property-table -->\n" + table + "<!-- end -->\n"),
            "run scripts/property-table --write"
        )
        for key in try Self.keys() { #expect(table.components(separatedBy: "| `\(key)` |").count == 2, "\(key)") }
    }

    /// The defaults of the descriptor are those of first boot.
    @Test func theDefaultsAreThoseOfFirstBoot() throws {
        for property in try Self.descriptor().properties {
            let known = try #require(PropertyKey(rawValue: property.key).flatMap { PropertySchema[$0] })
            #expect(property.value == known.defaultValue, "\(property.key)")
        }
    }

    @Test func theQuickStartsPropertiesAreTheDescriptors() throws {
        let page = try DocumentationTests.page("deploy/quick-start.md")
        let named = Set(page.matches(of: #/"([a-z]+\.[a-z0-9_]+)":/#).map { String($0.output.1) })
        #expect(try named.isSuperset(of: Self.needed) && named.isSubset(of: Self.keys()), "\(named)")
        // And good ones.
        try withTemporaryDirectory { directory in
            let json = try #require(page.firstMatch(of: #/```json\n(\{[^`]*)```/#)).output.1.replacing(
                "…",
                with: "password"
            )
            try Data(json.utf8).write(to: URL(filePath: directory + "/p.json"))
            let program = try builtProgram("appliance-net")
            let specification = try run(program, "ovf", "govc", "--properties", directory + "/p.json")
            #expect(specification.contains("10.13.200.32/27"))
        }
    }

    /// What is copied from there is the file that `make ova` of this version makes.
    @Test func theOVAHasTheNameThatItIsBuiltWith() throws {
        let version = try run(builtProgram("appliance-net"), "--version").replacing("appliance-net ", with: "")
            .dropLast()
        for file in ["quick-start.md", "terraform.tf", "powercli.ps1"] {
            let page = try DocumentationTests.page("deploy/" + file)
            let names = Set(page.matches(of: #/appliance-net[-.0-9]*\.ova/#).map { String($0.output) })
            #expect(names == ["appliance-net-\(version).ova"], "\(file)")
        }
    }

    @Test func terraformsNamesAreTheDescriptors() throws {
        let text = try DocumentationTests.page("deploy/terraform.tf")
        let keys = Set(text.matches(of: #/"([a-z]+\.[a-z0-9_]+)" *=/#).map { String($0.output.1) })
        #expect(try keys.isSuperset(of: Self.needed) && keys.isSubset(of: Self.keys()), "\(keys)")
        let networks = text.matches(of: #/"([A-Z][a-z]+)" *= data/#).map { String($0.output.1) }
        #expect(try networks == Self.descriptor().networks.map { $0.name })
        #expect(text.contains(#"for_each = ["Management", "Workload", "Frontend"]"#))
        let option = try #require(text.firstMatch(of: #/deployment_option = "([a-z]+)"/#)).output.1
        #expect(try Self.descriptor().configurations.contains { $0.id == option })
    }

    @Test func powerCLIsNamesAreTheDescriptors() throws {
        let text = try DocumentationTests.page("deploy/powercli.ps1")
        let keys = Set(text.matches(of: #/\$ovfconfig\.([a-z]+\.[a-z0-9_]+)\.Value/#).map { String($0.output.1) })
        #expect(try keys.isSuperset(of: Self.needed) && keys.isSubset(of: Self.keys()), "\(keys)")
        let networks = text.matches(of: #/\.NetworkMapping\.([A-Za-z]+)\.Value/#).map { String($0.output.1) }
        #expect(try networks == Self.descriptor().networks.map { $0.name })
        let option = try #require(text.firstMatch(of: #/DeploymentOption\.Value = "([a-z]+)"/#)).output.1
        #expect(try Self.descriptor().configurations.contains { $0.id == option })
    }
}
