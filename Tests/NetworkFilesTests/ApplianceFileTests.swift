import Addresses
import Diagnostics
import NetworkFiles
import Testing

@Suite struct ApplianceFileTests {
    @Test func readsWhatItWrites() throws {
        let file = ApplianceFile(interfaces: [
            ApplianceFile.Interface(role: .workload, mac: try #require(MACAddress("00:50:56:b4:ca:fd"))),
            ApplianceFile.Interface(
                role: .management,
                mac: try #require(MACAddress("00:50:56:b4:aa:01")),
                address: InterfaceAddress("10.13.10.199/24"),
                gateway: IPAddress("10.13.10.1")
            ),
        ])
        #expect(
            file.text.hasSuffix(
                """

                [interface.management]
                mac = "00:50:56:b4:aa:01"
                address = "10.13.10.199/24"
                gateway = "10.13.10.1"

                [interface.workload]
                mac = "00:50:56:b4:ca:fd"

                """
            )
        )
        let parsed = ApplianceFile.parse(file.text)
        #expect(parsed.diagnostics == [])
        #expect(parsed.value.text == file.text)
        #expect(parsed.value[.management]?.gateway?.value == IPAddress("10.13.10.1"))
        #expect(parsed.value[.frontend] == nil)
    }

    /// One mistake is one problem: what it hides is not called missing.
    @Test(arguments: [
        ("mac = \"00:50:56:b4:aa:01\"\naddress = \"10.13.10.199\"\ngateway = \"10.13.10.1\"\n", "cannot be read"),
        ("mac = \"00:50:56:b4:aa:01\"\naddress6 = \"fd00::7\"\ngateway6 = \"fd00::1\"\n", "cannot be read"),
        ("mac = \"00:50:56:b4:aa:01\n", "does not end"),
        ("mac = \"00:50:56:b4:aa:01\"\naddress = \"10.13.10.199/24\ngateway = \"10.13.10.1\"\n", "does not end"),
    ])
    func tellsNothingThatFollowsFromAnotherMistake(_ text: String, _ problem: String) {
        let found = ApplianceFile.parse("[interface.management]\n" + text).diagnostics
        #expect(found.count == 1, "\(found)")
        #expect(found.first?.message.contains(problem) == true)
    }

    @Test func readsTheSystemAndBothFamilies() throws {
        let file = ApplianceFile(
            system: ApplianceFile.System(
                hostname: "haproxy.local",
                nameservers: [try #require(IPAddress("172.24.3.1")), try #require(IPAddress("fd00::53"))],
                searchDomains: ["corp.example"],
                ntpServers: ["ntp1.corp.example", "10.0.0.9"]
            ),
            interfaces: [
                ApplianceFile.Interface(
                    role: .management,
                    mac: try #require(MACAddress("00:50:56:b4:aa:01")),
                    address6: InterfaceAddress("fd00:10::199/64"),
                    gateway6: IPAddress("fe80::1"),
                    mtu: 9000
                )
            ]
        )
        #expect(
            file.text.hasSuffix(
                """

                [system]
                hostname = "haproxy.local"
                nameservers = ["172.24.3.1", "fd00::53"]
                search_domains = ["corp.example"]
                ntp_servers = ["ntp1.corp.example", "10.0.0.9"]

                [interface.management]
                mac = "00:50:56:b4:aa:01"
                address6 = "fd00:10::199/64"
                gateway6 = "fe80::1"
                mtu = 9000

                """
            )
        )
        let parsed = ApplianceFile.parse(file.text)
        #expect(parsed.diagnostics == [])
        #expect(parsed.value.text == file.text)
    }

    @Test func readsThePolicyOfTheAPI() {
        let file = ApplianceFile(api: ApplianceFile.API(bindAdmission: .warn))
        let parsed = ApplianceFile.parse(file.text)
        #expect(parsed.diagnostics == [])
        #expect(parsed.value.api.bindAdmission?.value == .warn)
        #expect(parsed.value.text == file.text)
        let wrong = ApplianceFile.parse("[api]\nbind_admission = \"never\"\nbind = 1\n", file: "f")
        #expect(
            wrong.diagnostics.map { $0.description } == [
                "f:3:1: error: unknown key bind in [api]", "f:2:18: error: bind_admission \"never\" cannot be read",
            ]
        )
    }

    @Test func findsAllProblemsOfTheSystem() {
        let parsed = ApplianceFile.parse(
            """
            [system]
            hostname = "-a"
            nameservers = ["10.0.0.1", "dns", "0.0.0.0"]
            search_domains = "corp.example"
            ntp_servers = ["ntp1", "a b"]
            timezone = "UTC"
            [interface.management]
            mac = "00:50:56:b4:aa:01"
            address = "fd00:1::1/64"
            address6 = "fd00:2::1/64"
            gateway6 = "fd00:3::1"
            mtu = 1000
            [interface.workload]
            mac = "00:50:56:b4:aa:02"
            address6 = "10.0.0.1/24"
            gateway6 = "fd00:2::2"
            mtu = "9000"
            """,
            file: "f"
        )
        #expect(
            parsed.diagnostics.map { $0.description } == [
                "f:6:1: error: unknown key timezone in [system]", "f:2:12: error: hostname \"-a\" cannot be read",
                "f:3:15: error: nameservers: \"dns\" cannot be read",
                "f:3:15: error: nameservers: \"0.0.0.0\" cannot be read",
                "f:4:18: error: search_domains is a string", "f:5:15: error: ntp_servers: \"a b\" cannot be read",
                "f:10:12: error: address is an IPv6 address already",
                "f:12:7: error: mtu 1000 is too small for the IPv6 address",
                "f:11:12: error: gateway fd00:3::1 is not inside fd00:2::/64",
                "f:15:12: error: address6 \"10.0.0.1/24\" cannot be read", "f:17:7: error: mtu is a string",
                "f:16:12: error: gateway6 is for [interface.management] only",
            ]
        )
    }

    @Test func readsEveryWayToWriteTheSame() {
        let parsed = ApplianceFile.parse(
            "\t[ interface . 'management' ] # ours\r\n\"mac\"='00:50:56:b4:aa:01'#x\naddress = \"10.13.10.\\u0031/24\"\n"
        )
        #expect(parsed.diagnostics == [])
        #expect(parsed.value[.management]?.address?.value == InterfaceAddress("10.13.10.1/24"))
    }

    @Test(
        arguments: [
            (
                "[interface.mangement]", "1:1: error: unknown table [interface.mangement]",
                "did you mean [interface.management]?"
            ),
            ("[proxy]", "1:1: error: unknown table [proxy]", nil),
            ("mtu = 1", "1:1: error: unknown key mtu", nil),
            ("[interface.workload]\nmac = \"x\"", "2:7: error: mac \"x\" cannot be read", nil),
            ("[interface.workload]\nmac = 5", "2:7: error: mac is an integer", nil),
            ("[interface.workload]\nmac = [\"a\", 'b',]", "2:7: error: mac is an array of strings", nil),
            ("[interface.workload", "1:20: error: expected ] to close the table's name", nil),
            ("[[interface]]", "1:1: error: arrays of tables are not supported", nil),
            ("a.b = 1", "1:1: error: dotted keys are not supported", nil),
            ("= 1", "1:1: error: expected a key", nil),
            ("mac", "1:4: error: expected = after the key", nil),
            ("mac = ", "1:7: error: expected a value", nil),
            ("mac = 1.5", "1:7: error: 1.5 is not a value", nil),
            ("mac = 007", "1:7: error: 007 is not a value", nil),
            ("mac = {a = 1}", "1:7: error: {a is not a value", nil),
            ("mac = [1]", "1:8: error: expected a string in the array", nil),
            ("mac = [\"a\"", "1:11: error: expected ] or , in the array", nil),
            ("mac = [", "1:8: error: the array does not end on its line", nil),
            ("mac = \"a", "1:7: error: the string does not end", nil),
            ("mac = \"\\q\"", "1:8: error: unknown escape in a string", nil),
            ("mac = \"\\uD800\"", "1:8: error: D800 is not the number of a character", nil),
            ("mac = \"\"\"a", "1:7: error: strings over several lines are not supported", nil),
            ("mac = \"a\" b", "1:11: error: unexpected text after the value", nil),
        ] as [(String, String, String?)]
    )
    func pointsAtWhatIsWrong(_ text: String, _ message: String, _ remedy: String?) throws {
        let diagnostics = ApplianceFile.parse(text, file: "f").diagnostics
        let first = try #require(diagnostics.first)
        #expect(first.description == "f:" + message)
        if let remedy { #expect(first.remedy == remedy) }
    }

    @Test(arguments: [
        ("10.13.10.0/24", "10.13.10.0/24 is the network's own address"),
        ("10.13.10.255/24", "10.13.10.255/24 is the broadcast address"),
        ("224.0.0.5/24", "no interface can have the address 224.0.0.5/24"),
        ("127.0.0.5/8", "no interface can have the address 127.0.0.5/8"),
        ("10.13.10.199/0", "no interface can have the address 10.13.10.199/0"),
    ])
    func refusesAddressesThatNoInterfaceCanHave(_ address: String, _ message: String) {
        let text = "[interface.management]\nmac = \"00:50:56:b4:aa:01\"\naddress = \"\(address)\"\n"
        let diagnostics = ApplianceFile.parse(text, file: "f").diagnostics
        #expect(diagnostics.map { $0.description } == ["f:3:11: error: \(message)"])
        #expect(diagnostics.first?.remedy != nil)
    }

    @Test func findsAllProblemsOfTheInterfaces() {
        let parsed = ApplianceFile.parse(
            """
            [interface.management]
            mac = "00:50:56:b4:aa:01"
            adress = "10.0.0.1/24"
            gateway = "10.0.0.1"
            [interface.workload]
            mac = "00:50:56:b4:aa:01"
            address = "10.1.0.5/24"
            gateway = "10.1.0.1"
            [interface.frontend]
            address = "10.1.0.6/24"
            mac = "00:50:56:b4:aa:02"
            mac = "00:50:56:b4:aa:03"
            [interface.workload]
            """,
            file: "f"
        )
        #expect(
            parsed.diagnostics.map { $0.description } == [
                "f:12:1: error: key mac stands on line 11 already",
                "f:13:1: error: table [interface.workload] stands on line 5 already",
                "f:3:1: error: unknown key adress in [interface.management]",
                "f:4:11: error: gateway without an address",
                "f:6:7: error: 00:50:56:b4:aa:01 is the MAC address of [interface.management] already",
                "f:8:11: error: gateway is for [interface.management] only",
                "f:10:11: error: network 10.1.0.0/24 overlaps 10.1.0.0/24 of [interface.workload]",
                "f:13:1: error: [interface.workload] has no mac",
            ]
        )
        #expect(parsed.diagnostics[2].remedy == "did you mean address?")
    }

    /// Compared each with each, these would take minutes.
    @Test func findsNamesThatStandTwiceAmongThousands() {
        let tables = (0..<5000).map { "[t\($0)]\n" }.joined() + "[t7]\n"
        let keys = "[system]\n" + (0..<5000).map { "k\($0) = 1\n" }.joined() + "k7 = 1\n"
        let text = tables + keys
        let messages = ApplianceFile.parse(text, file: "f").diagnostics.map { $0.description }
        #expect(messages.contains("f:5001:1: error: table [t7] stands on line 8 already"))
        #expect(messages.contains("f:10003:1: error: key k7 stands on line 5010 already"))
    }

    @Test func readsThePolicyOfTheGuard() throws {
        var policy = GuardPolicy()
        #expect(ApplianceFile.parse("[guard]\n").value.guardPolicy == policy)
        (policy.isEnabled, policy.ping, policy.ownAddress, policy.conflict) = (false, .range, false, .warn)
        policy.probe = .rfc5227
        policy.allowed = try ["tcp/179", "vrrp"].map { try #require(GuardPolicy.Service($0)) }
        let file = ApplianceFile(guardPolicy: policy)
        let parsed = ApplianceFile.parse(file.text)
        #expect(parsed.diagnostics == [])
        #expect(parsed.value == file)

        let wrong = ApplianceFile.parse(
            "[guard]\nenabled = \"no\"\nping = \"always\"\nallow = [\"tcp/0\"]\nconflicts = \"off\"\n[gard]\n",
            file: "f"
        )
        #expect(
            wrong.diagnostics.map { $0.description.split(separator: "\n").first.map { String($0) } } == [
                "f:5:1: error: unknown key conflicts in [guard]", "f:2:11: error: enabled is a string",
                "f:3:8: error: ping \"always\" cannot be read", "f:4:9: error: allow: \"tcp/0\" cannot be read",
                "f:6:1: error: unknown table [gard]",
            ]
        )
        #expect(wrong.diagnostics.allSatisfy { $0.remedy != nil })
    }
}
