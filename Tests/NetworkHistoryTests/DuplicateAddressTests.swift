import Addresses
import Files
import NetworkFiles
import NetworkHistory
import NetworkState
import NetworkTestSupport
import TestSupport
import Testing

/// An interface's address that another machine has: it is not added, and named; the rest is.
@Suite(.blocking) struct DuplicateAddressTests {
    @Test func isNotAddedUntilItIsFree() throws {
        try inApplianceBesideAnother { root, other in
            _ = try other("ip", "address", "add", "10.13.200.10/24", "dev", "peer2")
            _ = try other("ip", "address", "add", "fd00:200::10/64", "dev", "peer2", "nodad")
            let applied = try Applier(root).apply(.apply)
            #expect(
                applied.result.problems.map { $0.message }.prefix(2) == [
                    "address 10.13.200.10/24 dev frontend: another host has it: 02:00:00:00:00:99",
                    "address fd00:200::10/64 dev frontend: another host has it: 02:00:00:00:00:99",
                ]
            )
            // Its routes wait for it; everything else is there.
            let witness = try TestAppliance.witness()
            #expect(!witness.contains("\"10.13.200.10\"") && !witness.contains("\"fd00:200::10\""))
            #expect(witness.contains("\"10.13.201.10\"") && witness.contains("\"10.13.10.199\""))
            // Nothing is left to do that can be done.
            #expect(try Applier(root).apply(.apply).result.isUnchanged)

            _ = try other("ip", "address", "flush", "dev", "peer2")
            let repaired = try Applier(root).apply(.apply)
            #expect(repaired.result.problems.isEmpty && repaired.warnings.isEmpty)
            #expect(try TestAppliance.witness().contains("\"fd00:200::10\""))
        }
    }

    /// What is ours already is not asked for again, even if somebody else has come to have it too.
    @Test func whatIsThereIsLeftAlone() throws {
        try inApplianceBesideAnother { root, other in
            try Applier(root).apply(.apply)
            _ = try other("ip", "address", "add", "10.13.200.10/24", "dev", "peer2")
            let again = try Applier(root).apply(.apply)
            #expect(again.result.isUnchanged && again.result.problems.isEmpty)
        }
    }

    /// The other machine, which knew another holder, knows us at once, whether anybody was asked before or not.
    @Test(arguments: [true, false]) func isAnnounced(afterAsking asks: Bool) throws {
        try inApplianceBesideAnother { root, other in
            _ = try other("ip", "address", "add", "10.13.200.1/24", "dev", "peer2")
            _ = try other("sh", "-c", "echo 0 > /proc/sys/net/ipv4/neigh/peer2/locktime")
            _ = try other(
                "ip",
                "neigh",
                "add",
                "10.13.200.10",
                "lladdr",
                "02:00:00:00:00:77",
                "dev",
                "peer2",
                "nud",
                "stale"
            )
            var applier = Applier(root)
            applier.asksNeighbours = asks
            try applier.apply(.apply)
            let line = "lladdr \(TestAppliance.macs[2])"
            #expect(try eventually { try other("ip", "neigh", "show", "10.13.200.10", "dev", "peer2").contains(line) })
        }
    }

    /// Who says so takes it all the same, and is told.
    @Test(arguments: GuardPolicy.Conflict.allCases)
    func isTakenByPolicy(_ policy: GuardPolicy.Conflict) throws {
        try inApplianceBesideAnother { root, other in
            _ = try other("ip", "address", "add", "10.13.200.10/24", "dev", "peer2")
            let text = try AtomicFile.readText(root[ApplianceFile.path]) ?? ""
            let table = "\n[guard]\nconflict = \"\(policy.rawValue)\"\n"
            try AtomicFile.replace(root[ApplianceFile.path], with: text + table)
            let applied = try Applier(root).apply(.apply)
            #expect(try TestAppliance.witness().contains("\"10.13.200.10\"") == (policy != .refuse))
            #expect(applied.result.problems.isEmpty == (policy != .refuse))
            let warning = "address 10.13.200.10/24 dev frontend: another host has it, 02:00:00:00:00:99"
            #expect(applied.warnings == (policy == .warn ? [warning] : []))
        }
    }

    /// An appliance whose frontend's cable leads to another machine.
    private func inApplianceBesideAnother(
        _ body: @escaping @Sendable (Root, @Sendable (String...) throws -> String) throws -> Void
    ) throws {
        try withNetworkNamespace {
            let path = try networkNamespacePath()
            try inAppliance { root in
                let text = try AtomicFile.readText(root[ApplianceFile.path]) ?? ""
                try AtomicFile.replace(root[ApplianceFile.path], with: text + "address6 = \"fd00:200::10/64\"\n")
                try run("ip", "link", "set", "peer2", "netns", path)
                @Sendable func other(_ arguments: String...) throws -> String {
                    try run(["nsenter", "--net=\(path)"] + arguments)
                }
                _ = try other("ip", "link", "set", "peer2", "address", "02:00:00:00:00:99", "up")
                try body(root, other)
            }
        }
    }
}
