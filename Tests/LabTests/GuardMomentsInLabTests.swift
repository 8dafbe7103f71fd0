import Files
import Syscalls
import TestSupport
import Testing

/// What is closed is asked some hundred times a second, from every network, while everything happens that can happen to an
/// appliance: it answers at no moment.
@Suite("The guard at every moment, in the lab", .serialized, .blocking)
struct GuardMomentsInLabTests {
    private static let service = "10.13.200.34:443"
    private static let range = "/etc/vmware/anyip-routes.cfg"
    /// One that is bound, one that is not, and one of a range that comes and goes.
    private static let virtual = ["10.13.200.34", "10.13.200.36", "10.13.200.66"]
    private static let virtual6 = ["fd00:13:200::104", "fd00:13:200::106"]
    /// What the proxy listens on at last.
    private static let bound = ["10.13.200.34 443 syn-ack", "10.13.200.34 444 syn-ack", "10.13.200.66 443 syn-ack"]
    private static let bound6 = ["fd00:13:200::104 443 syn-ack"]
    /// SSH, what the proxy listens on elsewhere, the API, and somebody who listens everywhere.
    private static let ports = [22, 443, 444, 5556, 8080]
    /// Who asks what, besides virtual addresses.
    private static let nodes = [
        ("client", ["10.13.200.10", "10.13.201.10"]), ("client2", ["10.13.200.10", "10.13.10.199"]),
        ("backend1", ["10.13.201.10", "10.13.10.199"]), ("control", []),
    ]

    /// The address of IPv6 beside one of the appliance's own.
    private static func six(_ address: String) -> String {
        let numbers = address.split(separator: ".")
        return "fd00:13:\(numbers[2])::\(numbers[3])"
    }

    @Test(
        "From first boot on, and whatever changes or dies, nothing answers that should not, and who is connected stays so",
        arguments: ["written", "leased"]
    )
    func moments(_ addresses: String) throws {
        try withTemporaryDirectory { directory throws in
            let hasSix = addresses == "written"
            let file = directory + "/settings"
            if hasSix {
                try Lab.writeBothFamilies(file, ranges: ["10.13.200.32/27", "fd00:13:200::100/125"])
            } else {
                try AtomicFile.replace(file, with: LeaseInLabTests.properties)
            }
            let option = hasSix ? "--ovf-env" : "--properties"
            let bound = hasSix ? Self.bound + Self.bound6 : Self.bound
            try withLab("moments-" + addresses, "--no-firstboot", option, file) { lab throws in
                try lab.listenEverywhere(22, 8080)
                try sendEverything(lab, hasSix)
                let booting = scan(lab, directory, hasSix)
                let boot = try lab.command("boot")
                try #require(boot.status == 0, "\(boot.errors)")
                // The API takes its address from the service; it listens by now.
                for (node, polling) in booting { try expect(node, polling, []) }
                // They came as far as the guard, by every network.
                for reason in ["vip_closed", "vip_management", "service_closed"] {
                    #expect(try lab.drops(reason) > 100, "\(reason)")
                }

                try lab.program("f", ("10.13.200.34", 443))
                try lab.programTalk(version: 5, "10.13.200.34", 444)
                // In both, so that versions are the same.
                try lab.bind("f", version: 9, hasSix ? "fd00:13:200::104" : "10.13.200.35", 443)
                let changing = scan(lab, directory, hasSix)
                try staysConnected(lab, directory) {
                    try ranges(lab)
                    try withoutService(lab)
                }
                // A port that goes refuses until the guard knows.
                for (node, polling) in changing {
                    try expect(node, polling, node == "control" ? [] : bound, besides: ["10.13.200.66 443 rst"])
                }

                let dying = scan(lab, directory, hasSix)
                try deaths(lab)
                // So does a proxy that is dead.
                let refusals = bound.map { $0.replacing("syn-ack", with: "rst") }
                for (node, polling) in dying {
                    try expect(node, polling, node == "control" ? [] : bound, besides: refusals)
                }
            }
        }
    }

    // MARK: - What happens

    /// A range comes, is changed, and goes.
    private func ranges(_ lab: Lab) throws {
        try lab.exec("appliance", "appliance-net", "vip", "add", "10.13.200.64/29")
        try lab.bind("f", version: 10, "10.13.200.66", 443)
        #expect(try lab.ask("client", "10.13.200.66:443")?.hasPrefix("backend1 443 ") == true)
        try change(lab, "s|10.13.200.64/29|10.13.200.64/28|", "10.13.200.64/28")
        try lab.api("DELETE", "/configuration/frontends/f/binds/b10?version=11")
        try lab.exec("appliance", "appliance-net", "vip", "remove", "10.13.200.64/28")
        try expectRoute(lab, "10.13.200.64/28", isThere: false)
    }

    /// The service is killed, and the range comes back by hand meanwhile.
    private func withoutService(_ lab: Lab) throws {
        try lab.services("kill", "appliance-net")
        try lab.exec("appliance", "sh", "-c", "echo 10.13.200.64/29 >> \(Self.range)")
        _ = try lab.command("exec", "appliance", "appliance-net", "apply")
        try expectRoute(lab, "10.13.200.64/29", isThere: true)
        try lab.services("start", "appliance-net")
        #expect(try lab.ask("client", Self.service)?.hasPrefix("backend1 443 ") == true)
    }

    /// Both are killed, one after the other and together, in both orders of their return.
    private func deaths(_ lab: Lab) throws {
        try lab.bind("f", version: 12, "10.13.200.66", 443)
        for dead in [["appliance-net"], ["appliance-proxy"], ["appliance-net", "appliance-proxy"]] {
            for unit in dead { try lab.services("kill", unit) }
            for unit in dead.reversed() { try lab.services("start", unit) }
            for place in ["10.13.200.34:443", "10.13.200.66:443"] {
                let isServed = try eventually {
                    try lab.ask("client", place, seconds: 5)?.hasPrefix("backend1 ") == true
                }
                #expect(isServed, "\(place) after \(dead)")
            }
        }
    }

    private func change(_ lab: Lab, _ words: String, _ route: String) throws {
        try lab.exec("appliance", "sed", "-i", words, Self.range)
        try expectRoute(lab, route, isThere: true)
    }

    private func expectRoute(_ lab: Lab, _ range: String, isThere: Bool) throws {
        let condition = "ip route show table local | grep -qF 'local \(range) '"
        let isSo = try lab.eventually("appliance", (isThere ? "" : "! ") + condition)
        #expect(isSo, "\(range)")
    }

    // MARK: - What is looked at

    /// Everybody sends to the appliance, by the interface that is next to them, whatever it answers for.
    private func sendEverything(_ lab: Lab, _ hasSix: Bool) throws {
        let macs = [
            "frontend": "00:50:56:b4:ef:d1", "workload": "00:50:56:b4:ca:fd", "management": "00:50:56:b4:0a:c7",
        ]
        let ways = [
            ("gateway", "frontend", "frontend", Self.virtual + ["10.13.200.10"]),
            ("gateway", "workload", "workload", ["10.13.201.10"]),
            ("client2", "frontend", "eth0", Self.virtual + ["10.13.200.10", "10.13.10.199"]),
            ("backend1", "workload", "eth0", Self.virtual + ["10.13.201.10", "10.13.10.199"]),
            ("control", "management", "eth0", Self.virtual),
        ]
        for (node, network, device, addresses) in ways {
            let mac = try #require(macs[network])
            let isAsked = addresses.contains(Self.virtual[0])
            let own = addresses.filter { !Self.virtual.contains($0) }.map { Self.six($0) }
            let all = addresses + (hasSix ? own + (isAsked ? Self.virtual6 : []) : [])
            let lines = all.flatMap { address in
                let neighbour = "ip neigh replace \(address) lladdr \(mac) nud permanent dev \(device)"
                return node == "gateway" ? [neighbour] : ["ip route replace \(address) dev \(device)", neighbour]
            }
            try lab.exec(node, "sh", "-ec", lines.joined(separator: "\n"))
        }
    }

    private func scan(_ lab: Lab, _ directory: String, _ hasSix: Bool) -> [(String, Polling)] {
        Self.nodes.map { node, own in
            let four = Self.virtual + own
            let six = hasSix ? Self.virtual6 + own.map { Self.six($0) } : []
            return (node, Polling(lab, scanningFrom: node, in: directory, four + six, Self.ports))
        }
    }

    /// - Parameter others: May have been found too.
    private func expect(_ node: String, _ polling: Polling, _ open: [String], besides others: [String] = []) throws {
        var lines = try polling.lines()
        let sent = lines.popLast()?.split(separator: " ")
        #expect(sent?.first == "sent" && (sent?.last.flatMap { Int($0) } ?? 0) > 100, "\(node): \(lines)")
        #expect(lines.filter { !others.contains($0) } == open, "\(node)")
    }

    /// All through `body` a connection goes on, and whoever comes is served.
    private func staysConnected(_ lab: Lab, _ directory: String, _ body: () throws -> Void) throws {
        let talking = Polling(lab, talkingFrom: "client", in: directory, "10.13.200.34:444")
        let coming = Polling(lab, from: "client", in: directory, [Self.service])
        let established = "ss -Htn state established dst 10.13.200.34:444 | grep -q ."
        try #require(try lab.eventually("client", established))
        try body()
        let said = try talking.lines()
        #expect(said.count == 2 && said.last?.wholeMatch(of: #/said [1-9]\d*/#) != nil, "\(said)")
        let came = try coming.lines()
        let answer = #/10.13.200.34:443 answered [1-9]\d* refused 0 silent 0 longest \d+/#
        #expect(came.count == 1 && came[0].wholeMatch(of: answer) != nil, "\(came)")
    }
}
