import Addresses
import Diagnostics
import NetworkFiles
import Testing

@Suite struct LosslessTests {
    private let text = """
        # ours
        10.13.200.32/27
          10.13.200.64-10.13.200.95\t
        # the second data centre
        10.14.0.1-10.14.0.6

        # end
        """

    private func edited(_ text: String, _ edit: (inout AnyIPRoutesFile) throws -> Void) rethrows -> String {
        var file = AnyIPRoutesFile.parse(text).value
        try edit(&file)
        return file.text
    }

    @Test(arguments: [
        "", "\n", "# only\n", "10.0.0.0/30", "10.0.0.0/30\r\n# x\r\n", "junk\n10.0.0.0/30\n10.0.0.0/30\n",
    ])
    func isKeptAsItIs(_ text: String) {
        let written = AnyIPRoutesFile.parse(text).value.text
        // An empty file gets the explanation.
        #expect(written == (text.allSatisfy { $0 == "\n" } ? AnyIPRoutesFile().text : text))
        #expect(edited(self.text) { _ in } == self.text)
    }

    @Test func aChangeTouchesOneLine() throws {
        let new = try #require(AddressRange("10.15.0.0-10.15.0.9"))
        let added = edited(text) { $0.add(new) }
        #expect(added == text.replacing("10.14.0.1-10.14.0.6\n", with: "10.14.0.1-10.14.0.6\n10.15.0.0-10.15.0.9\n"))
        let old = try #require(AddressRange("10.13.200.64/27"))
        let removed = edited(text) { $0.remove(old) }
        #expect(removed == text.replacing("  10.13.200.64-10.13.200.95\t\n", with: ""))
        let changed = edited(text) { $0.ranges[1].value = new }
        #expect(changed == text.replacing("  10.13.200.64-10.13.200.95\t", with: "10.15.0.0-10.15.0.9"))
        var file = AnyIPRoutesFile.parse(text).value
        let wasAdded = file.add(old)
        let wasRemoved = file.remove(new)
        #expect(!wasAdded && !wasRemoved)
        #expect(file.text == text)
    }

    @Test func newRangesStandWhereTheyBelong() throws {
        let one = try #require(IPNetwork("10.0.0.0/30"))
        let two = try #require(IPNetwork("10.0.1.0/30"))
        var file = WorkloadNetworksFile.parse("# first\r\n10.0.0.0/30\r\n# last\r\n").value
        file.add(two)
        #expect(file.text == "# first\r\n10.0.0.0/30\r\n10.0.1.0/30\r\n# last\r\n")
        file.networks.reverse()
        #expect(file.text == "# first\r\n10.0.1.0/30\r\n10.0.0.0/30\r\n# last\r\n")
        file.remove(one)
        file.remove(two)
        #expect(file.text == "# first\r\n# last\r\n")
        file.add(one)
        #expect(file.text == "# first\r\n10.0.0.0/30\r\n# last\r\n")
        var unfinished = WorkloadNetworksFile.parse("10.0.0.0/30").value
        unfinished.add(two)
        #expect(unfinished.text == "10.0.0.0/30\n10.0.1.0/30\n")
        var empty = WorkloadNetworksFile.parse("# first\r\n# last\r\n").value
        empty.add(one)
        #expect(empty.text == "# first\r\n# last\r\n10.0.0.0/30\r\n")
    }

    @Test func aRouteTableIsChangedInItsPlace() throws {
        let text = """
            # workload
            2, workload, 00-50-56-B4-CA-FD, 10.13.201.10/24, 10.13.201.1
            2,workload,00:50:56:b4:ca:fd,10.13.201.10/24
            # frontend
            3,frontend,00:50:56:b4:ef:d1,10.13.200.10/24,10.13.200.1

            """
        var file = RouteTablesFile.parse(text).value
        #expect(file.text == text)
        file.entries[1].network.value = try #require(InterfaceAddress("10.13.201.11/24"))
        #expect(file.text == text.replacing("fd,10.13.201.10/24", with: "fd,10.13.201.11/24"))
        file.entries.removeFirst()
        #expect(file.text.hasPrefix("# workload\n2,workload,00:50:56:b4:ca:fd,10.13.201.11/24\n# frontend\n3,"))
    }
}
