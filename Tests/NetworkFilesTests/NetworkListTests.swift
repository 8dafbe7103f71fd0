import Addresses
import Diagnostics
import NetworkFiles
import Testing

@Suite struct NetworkListTests {
    @Test func readsRanges() {
        let parsed = AnyIPRoutesFile.parse(
            "# ranges\n\n10.13.200.32/27\n fd99::/64 \r\n10.13.200.64 - 10.13.200.95\n10.14.0.1-10.14.0.6\n"
        )
        #expect(parsed.diagnostics == [])
        #expect(
            parsed.value.ranges.map { "\($0.value)" } == [
                "10.13.200.32/27", "fd99::/64", "10.13.200.64/27", "10.14.0.1-10.14.0.6",
            ]
        )
    }

    @Test(arguments: [
        ("10.13.200.32", "f:1:1: error: 10.13.200.32 is not a range in CIDR notation"),
        ("10.13.200.33/27", "f:1:1: error: 10.13.200.33/27 has bits set behind its prefix"),
        ("10.0.0.0/24\n10.0.0.0/24", "f:2:1: warning: 10.0.0.0/24 stands on line 1 already"),
        ("10.0.0.0/24\n  10.0.0.128/25", "f:2:3: error: range 10.0.0.128/25 overlaps 10.0.0.0/24 of line 1"),
        ("0.0.0.0/0", "f:1:1: error: 0.0.0.0/0 is no range of unicast addresses"),
        ("127.0.0.0/8", "f:1:1: error: 127.0.0.0/8 is no range of unicast addresses"),
        ("255.255.255.0/24", "f:1:1: error: 255.255.255.0/24 is no range of unicast addresses"),
        ("ff00::/8", "f:1:1: error: ff00::/8 is no range of unicast addresses"),
        ("224.0.0.0/24", "f:1:1: error: 224.0.0.0/24 is no range of unicast addresses"),
        ("10.0.0.1-10.0.0.x", "f:1:10: error: 10.0.0.x is not an IP address"),
        ("10.0.0.1 - ", "f:1:11: error: nothing is not an IP address"),
        ("10.0.0.9 - 10.0.0.3", "f:1:12: error: the range ends at 10.0.0.3, before it begins"),
        ("10.0.0.9-fd00::1", "f:1:10: error: fd00::1 is of another family than 10.0.0.9"),
        ("223.0.0.1-224.0.0.1", "f:1:1: error: 223.0.0.1-224.0.0.1 is no range of unicast addresses"),
        ("fd99::/64\nfd99::7-fd99::9", "f:2:1: error: range fd99::7-fd99::9 overlaps fd99::/64 of line 1"),
        ("10.0.0.0/30\n10.0.0.0-10.0.0.3", "f:2:1: warning: 10.0.0.0/30 stands on line 1 already"),
        ("10.0.0.0/24 10.0.1.0/24", "f:1:1: error: 10.0.0.0/24 10.0.1.0/24 is not a range in CIDR notation"),
    ])
    func pointsAtWhatIsWrong(_ text: String, _ message: String) {
        let diagnostics = AnyIPRoutesFile.parse(text, file: "f").diagnostics
        #expect(diagnostics.map { $0.description } == [message])
        #expect(diagnostics.allSatisfy { $0.remedy != nil })
    }

    @Test(arguments: [
        ("10.13.200.64", "write 10.13.200.64/32 for one address"), ("fd00::7", "write fd00::7/128 for one address"),
        ("10.13.200.64/27 # new", "put the comment on a line of its own"),
        ("10.13.200.64/33", "write one network per line, for example 10.13.200.32/27"),
    ])
    func tellsWhatToWriteInstead(_ text: String, _ remedy: String) {
        #expect(AnyIPRoutesFile.parse(text, file: "f").diagnostics.map { $0.remedy } == [remedy])
    }

    @Test func writesTheOldAppliancesFiles() throws {
        let range = try #require(IPNetwork("10.13.200.32/27"))
        #expect(
            AnyIPRoutesFile(ranges: [range]).text == """
                #
                # Configuration file that contains a line-delimited list of CIDR values
                # that define the network ranges used to bind the load balancer's frontends
                # to virtual IP addresses.
                #
                # * Lines beginning with a comment character, #, are ignored
                # * This file is used by the anyip-routes service
                #
                10.13.200.32/27

                """
        )
        let text = WorkloadNetworksFile(networks: [range]).text
        #expect(text.hasSuffix("#\n10.13.200.32/27\n"))
        #expect(WorkloadNetworksFile.parse(text).value.networks.map { $0.value } == [range])
    }
}
