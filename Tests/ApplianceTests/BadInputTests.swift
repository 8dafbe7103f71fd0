import Appliance
import Diagnostics
import OVF
import Testing

/// A change of the frontend example and the one error it must give.
struct BadInput: Sendable, CustomTestStringConvertible {
    var changes: [PropertyKey: String]
    var key: PropertyKey
    var value: String?
    var reason: String
    var remedy: String

    init(
        _ changes: [PropertyKey: String],
        _ key: PropertyKey,
        _ value: String?,
        _ reason: String,
        _ remedy: String
    ) {
        self.changes = changes
        self.key = key
        self.value = value
        self.reason = reason
        self.remedy = remedy
    }

    /// A wrong value, shown whole.
    init(_ key: PropertyKey, _ value: String, _ reason: String, _ remedy: String) {
        self.init([key: value], key, value, reason, remedy)
    }

    var testDescription: String { "\(key.rawValue) \(value ?? "") \(reason)" }
}

@Suite struct BadInputTests {
    private func check(_ bad: BadInput) throws {
        let reading = SettingsReader.read(try environment(bad.changes))
        #expect(reading.settings == nil)
        let errors = reading.problems.filter { $0.severity == .error }
        let problem = try #require(errors.first)
        #expect(errors.count == 1, "\(errors.map(\.message))")
        #expect(problem.key == bad.key.rawValue)
        #expect(problem.value == bad.value)
        #expect(problem.reason.contains(bad.reason))
        #expect(problem.remedy.contains(bad.remedy))
        // The example has not every property.
        #expect((problem.position != nil) == (try environment([:])[bad.key.rawValue] != nil))
        #expect(reading.errors.first?.message == problem.message)
    }

    @Test(arguments: [
        BadInput(.hostname, "-a.local", "not a host name", "letters, digits and hyphens"),
        BadInput(.hostname, "a_b", "not a host name", "letters, digits and hyphens"),
        BadInput(.hostname, "a..b", "not a host name", "letters, digits and hyphens"),
        BadInput(.hostname, "10.0.0.1", "not a host name", "letters, digits and hyphens"),
        BadInput(
            .hostname,
            String(repeating: "a", count: 64),
            "not a host name",
            "letters, digits and hyphens"
        ),
        BadInput(.permitRootLogin, "maybe", "neither true nor false", "write True or False"),
        BadInput(.dataplanePort, "0", "not a port", "from 1 to 65535"),
        BadInput(.dataplanePort, "65536", "not a port", "from 1 to 65535"),
        BadInput(.dataplanePort, "+5556", "not a port", "from 1 to 65535"),
        BadInput(.dataplanePort, "22", "sshd listens on this port", "such as 5556"),
        BadInput(.dataplanePort, "http", "not a port", "from 1 to 65535"),
        BadInput(.user, "ad:min", "not a user name", "other than blank :"),
        BadInput(.user, "ad min", "not a user name", "other than blank :"),
        BadInput([.user: ""], .user, nil, "missing", "give the user"),
        BadInput([.password: "short"], .password, nil, "fewer than 6", "6 to 128"),
        BadInput([.rootPassword: "short"], .rootPassword, nil, "fewer than 6", "6 to 128"),
        BadInput(
            [.rootPassword: String(repeating: "x", count: 129)],
            .rootPassword,
            nil,
            "more than 128",
            "6 to 128"
        ),
        BadInput([.password: String(repeating: "👩‍👩‍👧‍👦", count: 21)], .password, nil, "525 bytes", "outside ASCII"),
        BadInput([.password: "secret\nsecret"], .password, nil, "control character", "without tabs"),
    ])
    func refusesWrongValues(_ bad: BadInput) throws { try check(bad) }

    private static let certificate = "-----BEGIN CERTIFICATE----- MIIB -----END CERTIFICATE-----"
    private static let privateKey = "-----BEGIN PRIVATE KEY----- MIIB -----END PRIVATE KEY-----"

    @Test(arguments: [
        BadInput([.caCertificate: certificate], .caKey, nil, "missing although appliance.ca_cert is set", "or neither"),
        BadInput([.caKey: privateKey], .caCertificate, nil, "although appliance.ca_cert_key is set", "or neither"),
        BadInput(
            [.caCertificate: certificate + privateKey, .caKey: privateKey],
            .caCertificate,
            nil,
            "it holds a private key",
            "appliance.ca_cert_key only"
        ),
        BadInput(
            [.serverCertificate: certificate],
            .serverKey,
            nil,
            "although appliance.server_cert is set",
            "or neither"
        ),
        BadInput(
            [.serverKey: privateKey],
            .serverCertificate,
            nil,
            "although appliance.server_key is set",
            "or neither"
        ),
        BadInput(
            [.serverCertificate: certificate + privateKey, .serverKey: privateKey],
            .serverCertificate,
            nil,
            "it holds a private key",
            "appliance.server_key only"
        ),
        // Without its certificate nobody knows what the key is for, whatever else is given.
        BadInput(
            [.caKey: privateKey, .serverCertificate: certificate, .serverKey: privateKey],
            .caCertificate,
            nil,
            "although appliance.ca_cert_key is set",
            "or neither"
        ),
        BadInput([.keyType: "rsa-1024"], .keyType, "rsa-1024", "no such kind of key", "p256, p384, rsa-2048, rsa-3072"),
        BadInput(
            [.caCertificate: certificate + String(repeating: "A", count: 65535), .caKey: privateKey],
            .caCertificate,
            nil,
            "longer than 65535 bytes",
            "of the chain"
        ),
    ])
    func refusesWrongAuthorities(_ bad: BadInput) throws { try check(bad) }

    @Test(arguments: [
        BadInput(.managementAddress, "10.13.10.199", "length of its network's prefix", "write it as 10.13.10.199/24"),
        BadInput(.workloadAddress, "10.13.201.10/33", "length of its network's", "write it as 10.13.201.10/24"),
        BadInput(.workloadAddress, "10.13.201.10/255.255.255.0", "length of its", "write it as 10.13.201.10/24"),
        BadInput(.frontendAddress, "10.13.200.300/24", "length of its network's", "write it as 10.13.200.10/24"),
        BadInput(.workloadAddress, "ten", "length of its network's", "write it as 10.13.201.10/24"),
        BadInput(.managementAddress, "10.13.10.0/24", "the network address of 10.13.10.0/24", "between the first"),
        BadInput(.managementAddress, "10.13.10.255/24", "the broadcast address of 10.13.10.0/24", "between the first"),
        BadInput(
            [.managementAddress: "127.0.0.9/8", .managementGateway: "127.0.0.1"],
            .managementAddress,
            "127.0.0.9/8",
            "cannot have this address",
            "such as 10.13.10.199/24"
        ),
        BadInput(.managementGateway, "10.13.10", "not an address", "write it as 10.13.10.1"),
        BadInput(.managementGateway, "10.13.10.1/24", "not an address", "write 10.13.10.1, without a prefix length"),
        BadInput(.managementGateway, "10.13.11.1", "outside 10.13.10.0/24", "the router in 10.13.10.0/24"),
        BadInput(.workloadGateway, "10.13.200.1", "the network of network.workload_ip", "the router in 10.13.201.0/24"),
        BadInput(.frontendGateway, "fd00::1", "outside 10.13.200.0/24", "the router in 10.13.200.0/24"),
        BadInput(.workloadGateway, "10.13.201.10", "the appliance's own address network.workload_ip", "the router in"),
        BadInput(.workloadGateway, "10.13.201.255", "the broadcast address of 10.13.201.0/24", "the router in"),
        BadInput(
            [.managementGateway: ""],
            .managementGateway,
            nil,
            "although network.management_ip is set",
            "10.13.10.0"
        ),
        BadInput(
            [.workloadGateway: ""],
            .workloadGateway,
            nil,
            "although network.workload_ip is set",
            "in 10.13.201.0"
        ),
        BadInput(
            [.frontendGateway: ""],
            .frontendGateway,
            nil,
            "although network.frontend_ip is set",
            "in 10.13.200.0"
        ),
        BadInput(
            [.frontendAddress: "10.13.201.20/24", .frontendGateway: "10.13.201.1"],
            .frontendAddress,
            "10.13.201.20/24",
            "overlaps 10.13.201.0/24, the network of network.workload_ip",
            "a network of its own"
        ),
        BadInput(
            [.workloadAddress: "10.13.201.10/23", .serviceRanges: "10.99.0.0/24"],
            .frontendAddress,
            "10.13.200.10/24",
            "overlaps 10.13.200.0/23, the network of network.workload_ip",
            "a network of its own"
        ),
    ])
    func refusesWrongAddresses(_ bad: BadInput) throws { try check(bad) }

    @Test(arguments: [
        BadInput([.nameservers: "172.24.3.1,dns"], .nameservers, "dns", "not an address", "write it as"),
        BadInput(.nameservers, "0.0.0.0", "no host can have this address", "give the address of a name server"),
        BadInput(.nameservers, "172.24.3.1,,172.24.3.2", "an empty entry", "one comma"),
        BadInput([.serviceRanges: ""], .serviceRanges, nil, "missing", "ranges of virtual addresses"),
        BadInput(.serviceRanges, "10.13.200.33/27", "an address in a network", "write 10.13.200.32/27"),
        BadInput(.serviceRanges, "10.13.200.33", "not a network in CIDR", "write 10.13.200.33/32 for the one address"),
        BadInput(.serviceRanges, "10.13.200.32-62", "not a network in CIDR", "write it as 10.13.200.32/27"),
        BadInput(.serviceRanges, "10.13.200.8/29", "contains 10.13.200.10, the appliance's own", "leaves out"),
        BadInput(
            .serviceRanges,
            "10.13.200.0/30",
            "contains 10.13.200.1, the gateway network.f",
            "leaves out 10.13.200.1"
        ),
        BadInput(
            .serviceRanges,
            "10.13.201.10/32",
            "the appliance's own network.workload_ip",
            "leaves out 10.13.201.10"
        ),
        BadInput(.serviceRanges, "172.24.3.0/24", "contains the name server 172.24.3.1", "leaves out 172.24.3.1"),
        BadInput(.serviceRanges, "10.13.10.64/27", "overlaps 10.13.10.0/24, the network of network.m", "the frontend"),
        BadInput(.serviceRanges, "224.0.0.0/24", "no host can have", "unicast"),
        BadInput(
            [.serviceRanges: "10.13.200.32/27, 10.13.200.48/28"],
            .serviceRanges,
            "10.13.200.48/28",
            "overlaps 10.13.200.32/27 of the same list",
            "beside each other"
        ),
        BadInput(.additionalWorkloadNetworks, "10.13.21.5/24", "an address in a network", "write 10.13.21.0/24"),
        BadInput(
            .additionalWorkloadNetworks,
            "10.13.201.128/25",
            "overlaps 10.13.201.0/24, the network of network.workload_ip",
            "behind the workload gateway"
        ),
        BadInput(.serviceRanges, "0.0.0.0/8", "no host can have", "unicast"),
        BadInput(.serviceRanges, "255.255.255.0/24", "no host can have", "unicast"),
        BadInput(.additionalWorkloadNetworks, "127.0.0.0/8", "no host can have", "unicast"),
        BadInput(.additionalWorkloadNetworks, "0.0.0.0/0", "no host can have", "unicast"),
        BadInput(.additionalWorkloadNetworks, "10.13.200.0/24", "the network of network.frontend_ip", "behind"),
    ])
    func refusesWrongNetworks(_ bad: BadInput) throws { try check(bad) }

    @Test func namesEveryAddressThatARangeContains() throws {
        let reading = SettingsReader.read(try environment([.serviceRanges: "10.13.0.0/16"]))
        let reasons = reading.problems.map(\.reason).joined(separator: "\n")
        for address in ["10.13.10.199", "10.13.201.10", "10.13.200.10", "10.13.10.1", "10.13.201.1", "10.13.200.1"] {
            #expect(reasons.contains("contains \(address),"))
        }
    }

    @Test func suggestsKeys() throws {
        var environment = try environment([:])
        for key in [
            "hostname", "network.managment_ip", "loadbalance.service_ip_ranges", "guestinfo.x", "loadbalance.pwd",
        ] {
            environment.properties.append(OVFProperty(key, "hunter2", at: SourcePosition(line: 1, column: 1)))
        }
        let reading = SettingsReader.read(environment)
        #expect(reading.settings != nil)
        #expect(reading.problems.allSatisfy { $0.severity == .warning && $0.reason == "there is no such property" })
        #expect(
            reading.problems.map(\.remedy).prefix(4) == [
                "did you mean network.hostname?", "did you mean network.management_ip?",
                "did you mean loadbalance.service_ip_range?", "remove it",
            ]
        )
        #expect(!reading.diagnostics.map(\.rendered).joined().contains("hunter2"))
    }

    @Test func warnsOfWhatHasNoEffect() throws {
        var environment = try environment([
            .frontendAddress: "", .nameservers: "172.24.3.1,172.24.3.2,172.24.3.3,172.24.3.4",
            .additionalWorkloadNetworks: "10.13.21.0/24,10.13.21.0/25",
        ])
        environment.adapters.removeLast()
        let reading = SettingsReader.read(environment)
        #expect(reading.settings?.network.topology == .default)
        #expect(
            reading.problems.map(\.key) == [
                "network.nameservers", "network.frontend_gateway", "network.additional_workload_networks",
            ]
        )
        #expect(reading.problems.allSatisfy { $0.severity == .warning })
    }

    @Test func refusesWrongAdapters() throws {
        var two = try environment([:])
        two.adapters.removeLast()
        let missing = SettingsReader.read(two)
        #expect(
            missing.errors.map(\.message) == [
                "network.frontend_ip = \"10.13.200.10/24\": the machine has 2 adapters, and frontend needs the third"
            ]
        )
        #expect(missing.errors.first?.remedy?.hasPrefix("add an adapter for the frontend network") == true)

        var twins = try environment([:])
        twins.adapters[2].mac = twins.adapters[1].mac.uppercased()
        twins.adapters[0].mac = "00:50:56"
        let wrong = SettingsReader.read(twins)
        #expect(
            wrong.errors.map(\.message) == [
                "adapter 1 (Management) = \"00:50:56\": it is not the MAC address of an adapter",
                "adapter 3 (Frontend) = \"00:50:56:B4:CA:FD\": adapter 2 (Workload) has the same MAC address",
            ]
        )
        #expect(wrong.problems.allSatisfy { $0.position != nil })

        var one = try environment([.frontendAddress: "", .frontendGateway: ""])
        one.adapters.removeLast(2)
        #expect(SettingsReader.read(one).errors.first?.message.contains("has 1 adapter, and workload") == true)

        var four = try environment([:])
        four.adapters.append(OVFAdapter(mac: "00:50:56:b4:00:04", network: "Extra", unitNumber: 10))
        let extra = SettingsReader.read(four)
        #expect(extra.settings != nil)
        #expect(extra.problems.map(\.key) == ["adapter 4 (Extra)"])
    }
}
