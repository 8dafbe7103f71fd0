import Addresses
import Diagnostics
import NetworkFiles
import TestSupport
import Testing

@Suite struct RouteTablesFileTests {
    @Test func readsBothFormsOfALine() throws {
        let parsed = RouteTablesFile.parse(
            """
            # a comment
            2,workload,00:50:56:b4:ca:fd,10.13.201.10/24,10.13.201.1
            2,workload,00:50:56:b4:ca:fd,10.13.201.10/24
              3 , frontend,00-50-56-B4-EF-D1,\tfd00::10/64 , fe80::1\r

            """
        )
        #expect(parsed.diagnostics == [])
        #expect(
            parsed.value.entries.map { $0.text } == [
                "2,workload,00:50:56:b4:ca:fd,10.13.201.10/24,10.13.201.1",
                "2,workload,00:50:56:b4:ca:fd,10.13.201.10/24",
                "3,frontend,00:50:56:b4:ef:d1,fd00::10/64,fe80::1",
            ]
        )
        let last = try #require(parsed.value.entries.last)
        #expect(last.network.position == SourcePosition(line: 4, column: 35))
        #expect(last.ownAddress == IPAddress("fd00::10"))
    }

    @Test(arguments: [
        ("2,workload,00:50:56:b4:ca:fd", "1:1: error: 3 fields instead of 4 or 5"),
        ("2,workload,00:50:56:b4:ca:fd,10.0.0.5/24,10.0.0.1,x", "1:1: error: 6 fields instead of 4 or 5"),
        ("1,a,00:50:56:b4:ca:fd,10.0.0.5/24", "1:1: error: 1 is not a table id"),
        ("251,a,00:50:56:b4:ca:fd,10.0.0.5/24", "1:1: error: 251 is not a table id"),
        ("+7,a,00:50:56:b4:ca:fd,10.0.0.5/24", "1:1: error: +7 is not a table id"),
        ("2,,00:50:56:b4:ca:fd,10.0.0.5/24", "1:3: error: an empty field is not a table name"),
        ("2,a b,00:50:56:b4:ca:fd,10.0.0.5/24", "1:3: error: a b is not a table name"),
        ("2,a,00:50:56:b4:ca,10.0.0.5/24", "1:5: error: 00:50:56:b4:ca is not a MAC address"),
        ("2,a,00:50:56:b4:ca:fd,10.0.0.5", "1:23: error: 10.0.0.5 is not a network in CIDR notation"),
        ("2,a,00:50:56:b4:ca:fd,10.0.0.5/33", "1:23: error: 10.0.0.5/33 is not a network in CIDR notation"),
        ("2,a,00:50:56:b4:ca:fd,10.1.0.5/24,10.0.0.1", "1:35: error: gateway 10.0.0.1 is not inside 10.1.0.0/24"),
        ("2,a,00:50:56:b4:ca:fd,10.1.0.5/24,fd00::1", "1:35: error: gateway fd00::1 is not inside 10.1.0.0/24"),
        (
            "2,a,00:50:56:b4:ca:fd,10.1.0.5/24,10.1.0.5",
            "1:35: error: gateway 10.1.0.5 is the interface's own address"
        ),
        ("2,a,00:50:56:b4:ca:fd,10.1.0.5/24,10.1.0.255", "1:35: error: gateway 10.1.0.255 is no host of 10.1.0.0/24"),
        ("2,a,00:50:56:b4:ca:fd,10.1.0.5/24,", "1:35: error: an empty field is not an IP address"),
        ("2,a,00:50:56:b4:ca:fd,0.0.0.0/0,10.1.0.1", "1:23: error: no interface is connected to 0.0.0.0/0"),
        ("2,a,00:50:56:b4:ca:fd,10.1.0.5/0", "1:23: error: no interface is connected to 10.1.0.5/0"),
        ("2,a,00:50:56:b4:ca:fd,224.1.0.5/24", "1:23: error: no interface is connected to 224.1.0.5/24"),
        ("2,a,00:50:56:b4:ca:fd,::1/64", "1:23: error: no interface is connected to ::1/64"),
    ])
    func pointsAtWhatIsWrong(_ line: String, _ message: String) {
        let parsed = RouteTablesFile.parse(line, file: "f")
        #expect(parsed.diagnostics.map { $0.description } == ["f:" + message])
        #expect(parsed.diagnostics.allSatisfy { $0.remedy != nil && $0.sourceLine == line })
        #expect(parsed.value.entries.isEmpty)
    }

    @Test func findsLinesThatContradictEachOther() {
        let parsed = RouteTablesFile.parse(
            """
            2,workload,00:50:56:b4:ca:fd,10.1.0.5/24,10.1.0.1
            2,frontend,00:50:56:b4:ca:fd,10.1.0.5/24
            3,workload,00:50:56:b4:ca:fe,10.2.0.5/24
            4,d,00:50:56:b4:ca:fe,10.1.0.64/25
            2,workload,00:50:56:b4:ca:fd,10.1.0.5/24,10.1.0.2
            2,workload,00:50:56:b4:ca:ff,10.1.0.5/24
            2,workload,00:50:56:b4:ca:fd,10.1.0.5/24,10.1.0.1
            """,
            file: "f"
        )
        #expect(
            parsed.diagnostics.map { $0.description } == [
                "f:2:3: error: table 2 is named workload on line 1",
                "f:3:1: error: name workload belongs to table 2 on line 1",
                "f:4:23: error: network 10.1.0.0/25 overlaps 10.1.0.0/24 of table 2 on line 1",
                "f:5:42: error: table 2 has gateway 10.1.0.1 on line 1",
                "f:6:12: error: table 2 has 10.1.0.0/24 on interface 00:50:56:b4:ca:fd on line 1",
                "f:7:1: warning: the same as line 1",
            ]
        )
    }

    /// A line is compared with those before it by what they share; the answers are those of comparing it with each.
    @Test func findsWhatComparingAllLinesFinds() throws {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SeededGenerator(state: seed)
        for _ in 0..<200 {
            let lines = (0..<12).map { _ -> String in
                let table = Int.random(in: 2...4, using: &random)
                let name = ["a", "b", "c"][Int.random(in: 0...9, using: &random) == 0 ? 0 : table - 2]
                let network = "10.\(table).\(Int.random(in: 0...3, using: &random)).0"
                let shared = Int.random(in: 0...5, using: &random) == 0 ? "10.2.0.0" : network
                let length = [16, 23, 24, 25].randomElement(using: &random) ?? 24
                let gateway =
                    ["", ",\(shared.dropLast(1))1", ",\(shared.dropLast(1))2"].randomElement(using: &random) ?? ""
                return
                    "\(table),\(name),00:50:56:00:00:0\(Int.random(in: 0...1, using: &random)),\(shared)/\(length)\(gateway)"
            }
            let text = lines.joined(separator: "\n")
            let parsed = RouteTablesFile.parse(text, file: "f")
            // A line that is wrong by itself is not compared with others.
            let entries = lines.map { RouteTablesFile.parse($0).value.entries.first }
            let wanted = entries.indices.filter { index in
                guard let entry = entries[index] else { return true }
                return entries[..<index].contains { $0.map { $0.text == entry.text || contradict($0, entry) } ?? false }
            }
            let found = parsed.diagnostics.compactMap { $0.position?.line }
            // What contradicts only a line that is wrong itself is not blamed for it.
            #expect(found.min() == wanted.first.map { $0 + 1 }, "seed \(seed):\n\(text)")
            #expect(Set(found).isSubset(of: wanted.map { $0 + 1 }), "seed \(seed):\n\(text)")
        }
    }

    private func contradict(_ a: RouteTablesFile.Entry, _ b: RouteTablesFile.Entry) -> Bool {
        let isSameTable = a.table.value == b.table.value
        let (first, second) = (a.network.value.network, b.network.value.network)
        if isSameTable != (a.name.value == b.name.value) { return true }
        if !isSameTable { return first.overlaps(second) }
        guard first == second else { return false }
        if let one = a.gateway, let two = b.gateway, one.value != two.value { return true }
        return a.mac.value != b.mac.value
    }

    /// Compared each with each, these would take minutes.
    @Test func readsThousandsOfLines() throws {
        let lines = (0..<5000).map { "2,workload,00:50:56:b4:ca:fd,10.\($0 / 256).\($0 % 256).0/24" }
        let last = ["3,frontend,00:50:56:b4:ef:d1,10.8.0.0/14"]
        let parsed = RouteTablesFile.parse((lines + last).joined(separator: "\n"), file: "f")
        #expect(parsed.value.entries.count == 5001)
        #expect(
            parsed.diagnostics.map { $0.description } == [
                "f:5001:30: error: network 10.8.0.0/14 overlaps 10.8.0.0/24 of table 2 on line 2049"
            ]
        )
    }

    @Test func writesTheOldAppliancesFile() throws {
        let mac = try #require(MACAddress("00:50:56:b4:ca:fd"))
        let network = try #require(InterfaceAddress("10.13.201.10/24"))
        let file = RouteTablesFile(entries: [
            RouteTablesFile.Entry(
                table: 2,
                name: "workload",
                mac: mac,
                network: network,
                gateway: IPAddress("10.13.201.1")
            ),
            RouteTablesFile.Entry(table: 2, name: "workload", mac: mac, network: network),
        ])
        let lines = file.text.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.first == "#")
        #expect(lines[1] == "# Configuration file that contains a line-delimited list of values used to")
        #expect(
            Array(lines.suffix(5)) == [
                "#", "", "2,workload,00:50:56:b4:ca:fd,10.13.201.10/24,10.13.201.1",
                "2,workload,00:50:56:b4:ca:fd,10.13.201.10/24", "",
            ]
        )
        let parsed = RouteTablesFile.parse(file.text)
        #expect(parsed.diagnostics == [])
        #expect(parsed.value.entries.map { $0.text } == file.entries.map { $0.text })
        #expect(parsed.value.text == file.text)
    }
}
