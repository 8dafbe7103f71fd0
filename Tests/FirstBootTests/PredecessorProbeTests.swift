import Addresses
import Appliance
import Diagnostics
import Files
import NetworkFiles
import NetworkTestSupport
import Recovery
import TestSupport
import Testing

@testable import FirstBoot

/// Whether the appliance that is replaced still answers, and for which addresses.
@Suite(.blocking) struct PredecessorProbeTests {
    private static func probe(_ settings: String = TestAppliance.settings, _ virtual: String...) -> PredecessorProbe {
        PredecessorProbe(
            ApplianceFile.parse(settings).value.interfaces,
            virtualAddresses: virtual.compactMap { IPAddress($0) }
        )
    }

    @Test func whoHasAnAddressIsFound() throws {
        try inNeighbourhood { _, others in
            #expect(try Self.probe(TestAppliance.settings, "10.13.200.34").ask() == PredecessorProbe.Answer())
            try others.run("ip", "address", "add", "10.13.201.10/32", "dev", "peer1")
            try others.run("ip", "address", "add", "10.13.200.34/32", "dev", "peer2")
            let answer = try Self.probe(TestAppliance.settings, "10.13.200.34", "10.13.200.35").ask()
            #expect(answer.conflicts.keys.map { "\($0)" }.sorted() == ["10.13.200.34", "10.13.201.10"])
            #expect(answer.unknown == [])
        }
    }

    /// What cannot be asked for is not free: it is told, with its reason.
    @Test func whatCannotBeAskedForIsTold() throws {
        try inNeighbourhood { _, others in
            try others.run("ip", "link", "set", "peer1", "down")
            try others.run("ip", "link", "delete", "peer2")
            let settings = TestAppliance.settings.replacing("address = \"10.13.10.199/24\"\n", with: "")
                .replacing("gateway = \"10.13.10.1\"\n", with: "")
            let addresses = ["10.13.201.34", "10.99.0.1", "10.99.0.2"]
            let probe = Self.probe(settings, addresses[0], addresses[1], addresses[2])
            let told = [
                "management is given its addresses by DHCP: who has them now cannot be asked",
                "workload: no cable is in: whether another host has 10.13.201.10 is not known",
                "frontend: there is no adapter \(TestAppliance.macs[2]): whether another host has 10.13.200.10 is not known",
                "their link: it cannot be asked on: whether another host has 10.13.201.34 is not known",
                "10.99.0.1, 10.99.0.2: in no network of an interface, so no link can be asked",
            ]
            #expect(try probe.ask() == PredecessorProbe.Answer(unknown: told, hasAskedAll: false))
            // It is not waited for.
            var said: [String] = []
            #expect(try probe.wait { said.append($0) } == false)
            #expect(said == told)
        }
    }

    /// An address that was changed by hand is the restored appliance's, until a property says another.
    @Test func addressesAreThoseThatTheRestoredApplianceWillHave() throws {
        let settings = try FirstBootTests.context(root: "/nowhere").settings
        let derived = NetworkFilesStep.configuration(settings).appliance.text
        let changed = derived.replacing("10.13.201.10/24", with: "10.13.201.77/24")
        var files = FileSet()
        for (path, text) in [ApplianceFile.path: changed, FirstBootContext.derived + ApplianceFile.path: derived] {
            files[path] = SavedFile(path, .file, Array(text.utf8))
        }
        func workload(_ address: String) -> [String] {
            var typed = settings
            typed.network.workload.address = InterfaceAddress(address)
            let interfaces = Rebuild.appliance(files, typed).interfaces
            return interfaces.filter { $0.role == .workload }.flatMap { $0.addresses.map { "\($0.value)" } }
        }
        #expect(workload("10.13.201.10/24") == ["10.13.201.77/24"])
        #expect(workload("10.13.201.88/24") == ["10.13.201.88/24"])
        files[FirstBootContext.derived + ApplianceFile.path] = nil
        #expect(workload("10.13.201.10/24") == ["10.13.201.10/24"])
    }
}
