import Syscalls
import TestSupport
import Testing

/// Two appliances on one frontend network that were given the same range.
@Suite(.blocking) struct SecondApplianceTests {
    /// The second one's settings: other adapters, and another address on the network that both are on.
    private static func settings(in directory: String) throws -> String {
        let others = ["00:50:56:b4:": "00:50:56:b5:", "10.13.200.10/": "10.13.200.11/"]
        try Lab.writeExample(directory + "/second.ovf-env.xml", [], replacing: others)
        return directory + "/second.ovf-env.xml"
    }

    /// Their frontend networks are one; of what both labs have at the same address there, only the first's is left.
    private static func join(_ first: Lab, _ second: Lab) throws {
        let (one, other) = ("\(first.id)-switch", "\(second.id)-switch")
        try run("ip", "-netns", one, "link", "add", "twin", "type", "veth", "peer", "name", "twin", "netns", other)
        for name in [one, other] {
            try run("ip", "-netns", name, "link", "set", "twin", "master", "frontend")
            try run("ip", "-netns", name, "link", "set", "twin", "up")
        }
        try second.exec("gateway", "ip", "link", "set", "frontend", "down")
        try second.exec("client2", "ip", "link", "set", "eth0", "down")
        // A bridge passes on nothing before it has seen that the cable is in.
        let ping = ["exec", "client2", "ping", "-c", "1", "-W", "1", "10.13.200.11"]
        #expect(try eventually { try first.command(ping).status == 0 })
    }

    @Test("A virtual address that a second appliance serves is named with its adapter, and left to it")
    func second() throws {
        try withTemporaryDirectory { directory throws in
            try withLab("second", "--ovf-env", try Self.settings(in: directory)) { second throws in
                try second.program("theirs", ("10.13.200.34", 443))
                try withLab("first", "--ovf-env", Lab.example) { first throws in
                    try Self.join(first, second)
                    try first.program("ours")
                    let answer = try first.bind("ours", version: 4, "10.13.200.34", 443)
                    let mac = "00:50:56:b5:ef:d1"
                    let warning =
                        "bind ours/b4 10.13.200.34:443: another host has this address, \(mac)"
                    #expect(answer.contains("Warning: 299") || answer.contains("warning: 299"), "\(answer)")
                    #expect(answer.contains(warning), "\(answer)")
                    let status = try first.command(["exec", "appliance", "appliance-net", "status"])
                    #expect(status.status == 2)
                    #expect(
                        status.errors.contains("10.13.200.34 is used by another host, \(mac): it is not claimed"),
                        "\(status.errors)"
                    )
                    // The next change, of another address, says so again, and is served.
                    let next = try first.bind("ours", version: 5, "10.13.200.35", 443)
                    #expect(next.contains(warning), "\(next)")
                    func holder(_ address: String) throws -> String {
                        let curl = ["curl", "--silent", "--max-time", "20", "http://\(address):443/"]
                        #expect(try first.exec("client2", curl).hasPrefix("backend1 443 "))
                        return try first.exec("client2", "ip", "neigh", "show", address)
                    }
                    #expect(try holder("10.13.200.34").contains(mac))
                    #expect(try holder("10.13.200.35").contains("00:50:56:b4:ef:d1"))
                }
            }
        }
    }
}
