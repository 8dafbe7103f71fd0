import Files
import NetworkFiles
import NetworkHistory
import NetworkTestSupport
import TestSupport
import Testing

@testable import NetworkWatch

/// The service against the kernel: files change, objects go, and it is all put right.
@Suite(.blocking) struct ServiceTests {
    @Test(arguments: [
        "echo 10.13.200.64/27 > anyip-routes.cfg",
        "echo 10.13.200.64/27 > new; mv new anyip-routes.cfg",
        "mv anyip-routes.cfg anyip-routes.cfg~; echo 10.13.200.64/27 > anyip-routes.cfg",
        "rm anyip-routes.cfg; sleep 0.2; echo 10.13.200.64/27 > anyip-routes.cfg",
        "mkdir ../new; cp * ../new; echo 10.13.200.64/27 > ../new/anyip-routes.cfg; mv ../vmware ../old; mv ../new ../vmware",
    ])
    func followsTheFiles(_ script: String) throws {
        try Box.with { box in
            try box.shell(script)
            #expect(try box.turns { try box.hasRange("10.13.200.64/27") })
            #expect(try !box.hasRange("10.13.200.32/27"))
            #expect(box.report.state == .inSync)
            #expect(box.report.driftCount == 0)
            // And on.
            try box.shell("echo 10.13.200.96/27 > anyip-routes.cfg")
            #expect(try box.turns { try box.hasRange("10.13.200.96/27") })
        }
    }

    @Test func aHalfWrittenFileTakesNothingDown() throws {
        try Box.with { box in
            let file = try OpenFile(box.root[AnyIPRoutesFile.path])
            // Truncated, and written in two parts with time between them.
            for part in ["10.13.200.32/27\n10.13.2", "00.64/27\n"] {
                let end = ContinuousClock.now + .milliseconds(300)
                while ContinuousClock.now < end {
                    try box.service.turn(atMost: .milliseconds(20))
                    #expect(try box.hasRange("10.13.200.32/27"))
                }
                try file.write(part)
            }
            file.close()
            #expect(try box.turns { try box.hasRange("10.13.200.64/27") })
            #expect(try box.hasRange("10.13.200.32/27"))
            #expect(box.log.allSatisfy { $0.hasPrefix("applied: ") })
        }
    }

    /// What it said stays, for as long as the file is away.
    @Test(arguments: ["anyip-routes.cfg", "route-tables.cfg", "../appliance-net/appliance.toml"])
    func aDeletedFileTakesNothingDown(_ file: String) throws {
        try Box.with { box in
            let before = try TestAppliance.witness()
            try box.shell("mv \(file) ../saved")
            #expect(try box.turns { box.report.state == .degraded })
            #expect(box.report.problems.first?.contains("the file is missing") == true)
            #expect(try box.hasRange("10.13.200.32/27"))
            #expect(try TestAppliance.witness(wanted: before) == before)
            try box.shell("mv ../saved \(file); echo 10.13.200.64/27 > anyip-routes.cfg")
            #expect(try box.turns { try box.hasRange("10.13.200.64/27") })
            #expect(try box.turns { box.report.state == .inSync })
            #expect(box.log.last == "all is well again")
        }
    }

    /// An empty file is how an admin says "nothing".
    @Test func anEmptiedFileIsBelieved() throws {
        try Box.with { box in
            try box.shell(": > anyip-routes.cfg")
            #expect(try box.turns { try !box.hasRange("10.13.200.32/27") })
            #expect(box.report.state == .inSync)
        }
    }

    @Test(arguments: [
        ("ip rule delete priority 1002", "rule from 10.13.201.0/24 lookup 2 had been deleted"),
        ("ip route delete local 10.13.200.32/27 dev lo table local", "route local 10.13.200.32/27"),
        ("ip route delete default table 3", "route default via 10.13.200.1 dev frontend table 3 had been deleted"),
        ("ip route delete default table main", "route default via 10.13.10.1 dev management had been deleted"),
        ("ip route replace default via 10.13.201.2 dev workload table 2 proto 201", "had been changed; put it back"),
        ("ip route flush table 2", "route default via 10.13.201.1 dev workload table 2 had been deleted"),
        ("ip address delete 10.13.201.10/24 dev workload", "address 10.13.201.10/24 dev workload had been deleted"),
        ("ip link set workload down", "link workload had been set down; set it up again"),
        ("ip link set frontend down; ip link set frontend up", "route default via 10.13.200.1 dev frontend table 3"),
        ("ip link set lo down", "link lo had been set down"),
        ("ip link set frontend down; ip link set frontend name wan0", "link frontend had been renamed to wan0"),
        ("echo 1 > /proc/sys/net/ipv4/conf/workload/rp_filter", "had been set to 1; set it to 2 again"),
        ("ip rule add from 10.99.0.0/24 lookup 2 priority 1500 proto 201", "had been added with our protocol number"),
    ])
    func heals(_ script: String, _ told: String) throws {
        try Box.with { box in
            try box.quiet()
            let before = try TestAppliance.witness()
            let log = box.log.count
            let drift = box.report.driftCount
            try run("sh", "-c", script)
            #expect(try box.turns { box.report.driftCount > drift })
            #expect(try box.turns { try TestAppliance.look() == before })
            let lines = box.log.dropFirst(log)
            #expect(lines.filter { $0.contains(told) }.count == 1, "\(Array(lines))")
            // Our own changes, and carriers that come late, are heard and lead to nothing.
            var counts = [0]
            while counts.count < 6, counts.last != box.report.reconcileCount {
                counts.append(box.report.reconcileCount)
                try box.quiet()
            }
            #expect(counts.last == box.report.reconcileCount, "\(counts)")
            #expect(box.log.dropFirst(log).count == lines.count)
        }
    }

    /// The cable is pulled and put back: nothing of ours goes, and nothing is repaired.
    @Test func aPulledCableChangesNothing() throws {
        try Box.with { box in
            try box.quiet()
            let before = try TestAppliance.witness()
            let drift = box.report.driftCount
            for state in ["down", "up"] {
                try run("ip", "link", "set", "peer1", state)
                let pulled = state == "down"
                #expect(try box.turns { try run("ip", "link", "show", "workload").contains("NO-CARRIER") == pulled })
                try box.quiet()
                #expect(box.report.state == .inSync)
            }
            #expect(try TestAppliance.witness(wanted: before) == before)
            #expect(box.report.driftCount == drift)
        }
    }

    @Test func foreignObjectsAreLeftAlone() throws {
        try Box.with { box in
            try run("ip", "rule", "add", "from", "10.77.0.0/16", "lookup", "2", "priority", "1500")
            try run("ip", "route", "add", "10.78.0.0/16", "dev", "workload", "table", "2")
            try run("ip", "route", "add", "blackhole", "10.79.0.0/16", "table", "3")
            let before = try TestAppliance.witness()
            try box.quiet()
            #expect(try TestAppliance.witness(wanted: before) == before)
            #expect(box.report.driftCount == 0)
            #expect(box.report.state == .inSync)
        }
    }

    @Test func lostEventsAreMadeUpFor() throws {
        try Box.with(receiveBuffer: 1) { box in
            try box.quiet()
            let before = try run("ip", "rule")
            try run(
                "sh",
                "-c",
                "(for i in $(seq 200); do echo rule add from 10.66.$i.0/24 lookup 99 priority 20$i; done;"
                    + "for i in $(seq 200); do echo rule delete from 10.66.$i.0/24 lookup 99 priority 20$i; done;"
                    + "echo rule delete priority 1002) | ip -batch -"
            )
            #expect(try box.turns { try run("ip", "rule") == before })
        }
    }

    @Test func aBadFileKeepsTheLastGoodState() throws {
        try Box.with { box in
            let before = try TestAppliance.witness()
            try box.shell("echo nonsense > anyip-routes.cfg")
            #expect(try box.turns { box.report.state == .degraded })
            #expect(try TestAppliance.witness(wanted: before) == before)
            #expect(try box.hasRange("10.13.200.32/27"))
            #expect(box.report.problems.first?.contains("anyip-routes.cfg:1:1: error: ") == true)
            // Drift is healed all the same.
            try run("ip", "rule", "delete", "priority", "1002")
            #expect(try box.turns { try TestAppliance.look() == before })
            // A restart finds the last good files.
            try run("ip", "rule", "delete", "priority", "1003")
            try box.restart()
            #expect(try box.turns { try TestAppliance.look() == before })
            #expect(try box.hasRange("10.13.200.32/27"))
            #expect(box.notes.first?.hasPrefix("READY=1\nSTATUS=Degraded: ") == true)
            try box.shell("echo 10.13.200.64/27 > anyip-routes.cfg")
            #expect(try box.turns { try box.hasRange("10.13.200.64/27") })
            #expect(try box.turns { box.report.state == .inSync })
            #expect(box.log.last == "all is well again")
        }
    }

    /// Another program's file in the place of ours is wrong on every line.
    @Test func ofVeryManyMistakesTheFirstAreTold() throws {
        try Box.with { box in
            let before = try TestAppliance.witness()
            try box.shell("seq 1 500 > new; mv new anyip-routes.cfg")
            #expect(try box.turns { box.report.state == .degraded })
            #expect(box.report.problems.count == 21)
            #expect(box.report.problems.last == "and 480 more errors: appliance-net validate shows them")
            #expect(try TestAppliance.witness(wanted: before) == before)
        }
    }

    @Test func withoutAnyFileNothingIsTouched() throws {
        try Box.with { box in
            let before = try TestAppliance.witness()
            try run("rm", "-r", box.root["/etc/vmware"], box.root["/etc/appliance-net"])
            #expect(try box.turns { box.report.state == .degraded })
            #expect(try TestAppliance.witness(wanted: before) == before)
        }
    }

    @Test func aMissingAdapterIsWaitedFor() throws {
        try Box.with { box in
            try run("ip", "link", "delete", "workload")
            #expect(try box.turns { box.report.state == .degraded })
            #expect(box.report.problems.contains { $0.contains("no link has the MAC address 00:50:56:b4:ca:fd") })
            try run("ip", "link", "add", "eth7", "address", "00:50:56:b4:ca:fd", "type", "veth", "peer", "name", "p7")
            try run("ip", "link", "set", "p7", "up")
            #expect(try box.turns { box.report.state == .inSync })
            #expect(try run("ip", "route", "show", "table", "2").contains("default via 10.13.201.1 dev workload"))
        }
    }

    @Test func failuresAreTriedAgain() throws {
        try Box.with { box in
            let before = try TestAppliance.witness()
            box.failure = "EPERM deleting something"
            try run("ip", "rule", "delete", "priority", "1002")
            #expect(try box.turns { box.report.state == .failing })
            box.failure = nil
            #expect(try box.turns { try TestAppliance.look() == before })
            #expect(try box.turns { box.report.state == .inSync })
        }
    }

    @Test func downIsRememberedUntilUp() throws {
        try Box.with { box in
            let marker = StandbyMarker(box.root)
            try marker.set()
            try run("ip", "rule", "delete", "priority", "1002")
            #expect(try box.turns { box.report.state == .standby })
            try box.shell("echo 10.13.200.64/27 > anyip-routes.cfg")
            try box.quiet()
            #expect(try !run("ip", "rule").contains("1002:"))
            #expect(try !box.hasRange("10.13.200.64/27"))
            // A restart stands by as well.
            try box.restart()
            #expect(try box.turns { !box.notes.isEmpty })
            #expect(box.notes == ["READY=1\nSTATUS=Standing by after down."])
            try marker.clear()
            #expect(try box.turns { try box.hasRange("10.13.200.64/27") })
            #expect(try run("ip", "rule").contains("1002:"))
        }
    }
}
