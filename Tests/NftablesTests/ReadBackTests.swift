import Addresses
import Netlink
import Nftables
import TestSupport
import Testing

/// Every feature against the kernel, in a namespace of its own: what is read back is what was written, and `nft` lists
/// it as it says things itself.
@Suite(.blocking) struct ReadBackTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var words: String
        var expressions: [Expression]

        init(_ words: String, _ expressions: [Expression]) {
            self.words = words
            self.expressions = expressions
        }

        var testDescription: String { words }
    }

    /// Rules, and how `nft list ruleset` says each.
    static let cases: [Case] = [
        Case("tcp flags != syn / fin,syn,rst,ack", Match.established),
        Case("iif \"lo\"", Match.input(1)),
        Case("iif @indexes", Match.input(in: "indexes")),
        Case("oif @indexes", Match.output(in: "indexes")),
        Case("ip daddr @networks", Match.destination(.v4, in: "networks")),
        Case("ip6 daddr @networks6", Match.destination(.v6, in: "networks6")),
        Case("ip daddr . tcp dport @pairs", Match.destinationAndPort(.v4, in: "pairs")),
        Case("ip6 daddr . tcp dport @pairs6", Match.destinationAndPort(.v6, in: "pairs6")),
        Case("tcp dport @ports", Match.transport(6) + [Match.destinationPort(), .lookup(set: "ports")]),
        Case(
            "tcp dport != @ports",
            Match.transport(6) + [Match.destinationPort(), .lookup(set: "ports", isInverted: true)]
        ),
        Case("udp sport 53", Match.transport(17) + [Match.sourcePort(), .compare([0, 53])]),
        Case(
            "udp dport 1024-65535",
            Match.transport(17) + [Match.destinationPort(), .range(first: Match.port(1024), last: Match.port(65535))]
        ),
        Case("icmp type echo-request", Match.icmp(.v4, type: 8)),
        Case("icmpv6 type echo-request", Match.icmp(.v6, type: 128)),
        Case("ip saddr 10.0.0.1", Match.family(.v4) + [Match.source(.v4), .compare([10, 0, 0, 1])]),
        Case("meta pkttype multicast", [.meta(.packetType), .compare([2])]),
        Case("meta mark 0x00000007", [.meta(.mark), .compare(Match.native(7))]),
        Case("meta mark set 0x00000007", [.load(Match.native(7)), .setMeta(.mark)]),
        Case(
            "meta mark set tcp dport map @marks",
            Match.transport(6) + [Match.destinationPort(), .map(map: "marks"), .setMeta(.mark)]
        ),
        Case("meta l4proto vmap @verdicts", [.meta(.transportProtocol), .verdictMap(map: "verdicts")]),
        Case("counter name \"dropped\"", [.namedCounter("dropped")]),
        Case("counter packets 0 bytes 0", [.counter]),
        Case("limit rate 10/second", [.limit(rate: 10, per: .second)]),
        Case("limit rate over 3/minute burst 7 packets", [.limit(rate: 3, per: .minute, burst: 7, isOver: true)]),
        Case("reject with tcp reset", Match.transport(6) + [.reject(.tcpReset)]),
        Case("reject", [.reject(.icmpx(code: 1))]),
        Case(
            "ip daddr . tcp dport @places",
            Match.family(.v4) + Match.transport(6) + [
                Match.destination(.v4), Match.destinationPort(into: Register.first.after(byteCount: 4)),
                .lookup(set: "places"),
            ]
        ),
        Case("accept", [.verdict(.accept)]),
        Case("drop", [.verdict(.drop)]),
        Case("return", [.verdict(.return)]),
        Case("jump side", [.verdict(.jump("side"))]),
        Case("goto side", [.verdict(.goto("side"))]),
        Case("continue", [.verdict(.next)]),
    ]

    @Test(arguments: cases)
    func rules(_ example: Case) throws {
        try withNetworkNamespace {
            var table = try Self.table()
            table.chains["main"]?.rules = [FilterRule(example.expressions, comment: "the one")]
            try Self.expectSame(table)
            let listed = try run("nft", "list", "chain", "inet", "test", "main")
            #expect(listed.contains("\(example.words) comment \"the one\"\n"), "\(listed)")
        }
    }

    @Test func rawChainsNotrack() throws {
        try withNetworkNamespace {
            let hook = Chain.Hook(Chain.Hook.prerouting, priority: Chain.Hook.raw)
            let table = Table(.inet, "test", chains: [Chain("raw", hook: hook, rules: [FilterRule([.notrack])])])
            try Self.expectSame(table)
            let listed = try run("nft", "list", "ruleset")
            #expect(listed.contains("type filter hook prerouting priority raw; policy accept;"))
            #expect(listed.contains("notrack"))
        }
    }

    @Test func addressResolution() throws {
        try withNetworkNamespace {
            let key = SetElement(.interface(1), .address(try Self.address("10.0.0.1")))
            let register = Register.first.after(byteCount: 4)
            let rule =
                Match.arpRequest + [
                    .meta(.inputInterface), Match.arpTarget(into: register), .lookup(set: "answered"),
                ]
            let table = Table(
                .arp,
                "test",
                chains: [
                    Chain(
                        "in",
                        hook: Chain.Hook(Chain.Hook.arpInput, policy: .drop),
                        rules: [FilterRule(rule, .accept)]
                    )
                ],
                sets: [NamedSet("answered", .interfaceIndex, .ipv4Address, elements: [key])]
            )
            try Self.expectSame(table)
            let listed = try run("nft", "list", "ruleset")
            #expect(listed.contains("type filter hook input priority filter; policy drop;"))
            #expect(listed.contains("arp operation request iif . arp daddr ip @answered accept"))
            #expect(listed.contains("elements = { \"lo\" . 10.0.0.1 }"))
        }
    }

    /// The elements as `nft -j` tells them.
    @Test func elements() throws {
        try withNetworkNamespace {
            try Self.expectSame(try Self.table())
            let listed = try run("nft", "-j", "list", "ruleset")
            for words in [
                #"{"concat": ["10.0.0.1", 80]}"#, #"{"concat": ["fd00::1", 443]}"#,
                #"{"prefix": {"addr": "10.13.200.32", "len": 27}}"#, #"{"range": ["10.13.200.70", "10.13.200.75"]}"#,
                #"{"prefix": {"addr": "255.255.255.0", "len": 24}}"#, #"{"prefix": {"addr": "fd00::", "len": 64}}"#,
                #"[80, 7]"#, #"["tcp", {"goto": {"target": "side"}}]"#, #"["udp", {"drop": null}]"#,
                #"{"concat": [{"prefix": {"addr": "10.0.0.0", "len": 24}}, {"range": [8000, 8010]}]}"#,
                #""elem": ["lo"]"#,
                #"{"range": [8000, 8010]}"#,
            ] { #expect(listed.contains(words), "\(words) in \(listed)") }
        }
    }

    /// Intervals side by side stay two; the last address of all belongs to its range.
    @Test func neighbouringIntervals() throws {
        try withNetworkNamespace {
            var table = Table(.inet, "test")
            let networks = ["10.0.0.0/24", "10.0.1.0/24", "10.0.2.0/31", "255.255.255.255/32", "0.0.0.0/32"]
            table.sets["n"] = NamedSet("n", .ipv4Address, isInterval: true, elements: try Self.networks(networks))
            try Self.expectSame(table)
        }
    }

    @Test func tenThousandElements() throws {
        try withNetworkNamespace {
            var table = Table(.inet, "test")
            let pairs = (0..<10000).map { number in
                SetElement(.address(IPAddress(v4: 0x0a00_0000 + UInt32(number))), .port(UInt16(number % 100 + 1)))
            }
            table.sets["pairs"] = NamedSet("pairs", .ipv4Address, .service, elements: Set(pairs))
            let networks = (0..<10000).compactMap { number in
                IPNetwork(containing: IPAddress(v4: 0x0b00_0000 + UInt32(number) * 8), prefixLength: 30)
            }
            table.sets["n"] = NamedSet(
                "n",
                .ipv4Address,
                isInterval: true,
                elements: Set(networks.map { SetElement($0) })
            )
            try Self.expectSame(table)
            #expect(try run("nft", "list", "set", "inet", "test", "pairs").split(separator: ",").count == 10000)
        }
    }

    @Test func counters() throws {
        try withNetworkNamespace {
            let socket = try NftablesSocket()
            let hook = Chain.Hook(Chain.Hook.output)
            let table = Table(
                .inet,
                "test",
                chains: [Chain("out", hook: hook, rules: [FilterRule([.namedCounter("seen")])])],
                sets: [],
                counters: ["seen", "idle"]
            )
            try socket.execute(Table.diff(from: nil, to: table))
            try run("ip", "link", "set", "lo", "up")
            try run("ping", "-c", "1", "127.0.0.1")
            let counters = try socket.counters(table.identity)
            #expect(counters["seen"]?.packets == 2)
            #expect(counters["seen"]?.bytes == 168)
            #expect(counters["idle"] == Counter())
            // What stays keeps what it has counted.
            var other = table
            other.chains["out"]?.rules.append(FilterRule([.verdict(.accept)]))
            other.counters = ["seen"]
            try socket.execute(Table.diff(from: table, to: other))
            #expect(try socket.counters(table.identity).keys.sorted() == ["seen"])
            #expect(try socket.counters(table.identity)["seen"]?.packets == 2)
        }
    }

    /// What others wrote is read without what this library has no words for.
    @Test func foreignRules() throws {
        try withNetworkNamespace {
            try run("nft", "add", "table", "inet", "theirs")
            try run("nft", "add", "chain", "inet", "theirs", "c", "{ type filter hook input priority 5; }")
            try run("nft", "add", "rule", "inet", "theirs", "c", "ct state established tcp dport { 22, 80 } accept")
            let table = try #require(try NftablesSocket().table(Table.Identity(.inet, "theirs")))
            let rule = try #require(table.chains["c"]?.rules.first)
            #expect(rule.expressions.contains(.other("ct")))
            #expect(rule.expressions.last == .verdict(.accept))
        }
    }

    static func address(_ text: String) throws -> IPAddress { try #require(IPAddress(text)) }

    static func networks(_ texts: [String]) throws -> Set<SetElement> {
        Set(try texts.map { SetElement(try #require(IPNetwork($0))) })
    }

    /// Has one of everything.
    static func table() throws -> Table {
        let range = SetElement(
            from: [.address(try address("10.13.200.70"))],
            through: [.address(try address("10.13.200.75"))]
        )
        let place = SetElement(
            from: [.address(try address("10.0.0.0")), .port(8000)],
            through: [.address(try address("10.0.0.255")), .port(8010)]
        )
        return Table(
            .inet,
            "test",
            chains: [Chain("main", hook: Chain.Hook(Chain.Hook.input)), Chain("side")],
            sets: [
                NamedSet("indexes", .interfaceIndex, elements: [SetElement(.interface(1))]),
                NamedSet(
                    "pairs",
                    .ipv4Address,
                    .service,
                    elements: [
                        SetElement(.address(try address("10.0.0.1")), .port(80))
                    ]
                ),
                NamedSet(
                    "pairs6",
                    .ipv6Address,
                    .service,
                    elements: [
                        SetElement(.address(try address("fd00::1")), .port(443))
                    ]
                ),
                NamedSet(
                    "networks",
                    .ipv4Address,
                    isInterval: true,
                    elements: try networks(["10.13.200.32/27", "255.255.255.0/24"]).union([range])
                ),
                NamedSet("networks6", .ipv6Address, isInterval: true, elements: try networks(["fd00::/64"])),
                NamedSet(
                    "ports",
                    .service,
                    isInterval: true,
                    elements: [SetElement(from: [.port(8000)], through: [.port(8010)])]
                ),
                NamedSet(
                    "places",
                    .ipv4Address,
                    .service,
                    isInterval: true,
                    elements: [place]
                ),
                NamedSet(
                    "marks",
                    .service,
                    maps: .value(.mark),
                    elements: [
                        SetElement(.port(80), maps: .bytes(Match.native(7)))
                    ]
                ),
                NamedSet(
                    "verdicts",
                    .transportProtocol,
                    maps: .verdict,
                    elements: [
                        SetElement(.transport(6), maps: .verdict(.goto("side"))),
                        SetElement(.transport(17), maps: .verdict(.drop)),
                    ]
                ),
            ],
            counters: ["dropped"]
        )
    }

    static func expectSame(_ table: Table) throws {
        let socket = try NftablesSocket()
        try socket.execute(Table.diff(from: nil, to: table))
        let read = try #require(try socket.table(table.identity))
        for (name, set) in table.sets { #expect(read.sets[name] == set) }
        for (name, chain) in table.chains { #expect(read.chains[name] == chain) }
        #expect(read == table)
        #expect(Table.diff(from: read, to: table).isEmpty)
    }
}
