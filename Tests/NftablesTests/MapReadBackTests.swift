import Addresses
import Netlink
import Nftables
import TestSupport
import Testing

/// Maps and verdict maps of every kind of key, as `nft -j list ruleset` tells them, and changed by difference.
@Suite(.blocking) struct MapReadBackTests {
    private static func table(_ mark: UInt32, _ verdict: Verdict) throws -> Table {
        let address = KeyValue.address(try ReadBackTests.address("10.0.0.1"))
        let first = KeyValue.address(try ReadBackTests.address("10.0.0.0"))
        let last = KeyValue.address(try ReadBackTests.address("10.0.0.127"))
        let value = SetElement.Value.bytes(Match.native(mark))
        return Table(
            .inet,
            "test",
            chains: [
                Chain(
                    "main",
                    hook: Chain.Hook(Chain.Hook.input),
                    rules: [
                        FilterRule(
                            Match.family(.v4) + Match.transport(6) + [
                                Match.destination(.v4),
                                Match.destinationPort(into: Register.first.after(byteCount: 4)), .map(map: "marks"),
                                .setMeta(.mark),
                            ]
                        ),
                        FilterRule(Match.family(.v4) + [Match.source(.v4), .verdictMap(map: "sides")]),
                    ]
                ), Chain("side"), Chain("other"),
            ],
            sets: [
                NamedSet(
                    "marks",
                    .ipv4Address,
                    .service,
                    maps: .value(.mark),
                    elements: [SetElement(address, .port(80), maps: value)]
                ),
                NamedSet(
                    "sides",
                    .ipv4Address,
                    maps: .verdict,
                    isInterval: true,
                    elements: [SetElement(from: [first], through: [last], maps: .verdict(verdict))]
                ),
                NamedSet(
                    "places",
                    .ipv4Address,
                    .service,
                    maps: .verdict,
                    isInterval: true,
                    elements: [
                        SetElement(from: [first, .port(8000)], through: [last, .port(8010)], maps: .verdict(verdict))
                    ]
                ),
                NamedSet(
                    "ports",
                    .ipv4Address,
                    maps: .value(.service),
                    elements: [SetElement(address, maps: .bytes([0x1f, 0x90]))]
                ),
            ]
        )
    }

    private static func expectListed(_ words: [String]) throws {
        let listed = try run("nft", "-j", "list", "ruleset")
        for word in words { #expect(listed.contains(word), "\(word) in \(listed)") }
    }

    @Test func everyKindAndItsChange() throws {
        try withNetworkNamespace {
            let before = try Self.table(7, .goto("side"))
            try ReadBackTests.expectSame(before)
            try Self.expectListed([
                #""map": "mark", "elem": [[{"concat": ["10.0.0.1", 80]}, 7]]"#,
                #""map": "verdict", "flags": ["interval"], "elem": [[{"prefix": {"addr": "10.0.0.0", "len": 25}}, {"goto": {"target": "side"}}]]"#,
                #"[{"concat": [{"prefix": {"addr": "10.0.0.0", "len": 25}}, {"range": [8000, 8010]}]}, {"goto": {"target": "side"}}]"#,
                #""map": "inet_service", "elem": [["10.0.0.1", 8080]]"#,
                #"{"mangle": {"key": {"meta": {"key": "mark"}}, "value": {"map": {"key": {"concat": [{"payload": {"protocol": "ip", "field": "daddr"}}, {"payload": {"protocol": "tcp", "field": "dport"}}]}, "data": "@marks"}}}}"#,
                #"{"vmap": {"key": {"payload": {"protocol": "ip", "field": "saddr"}}, "data": "@sides"}}"#,
            ])
            // The same keys with other values: the elements go and come in one transaction.
            let after = try Self.table(8, .jump("other"))
            let socket = try NftablesSocket()
            let change = Table.diff(from: before, to: after)
            #expect(change.allSatisfy { "\($0)".contains("element") }, "\(change)")
            try socket.execute(change)
            let read = try socket.table(after.identity)
            #expect(read == after)
            try Self.expectListed([
                #"[{"concat": ["10.0.0.1", 80]}, 8]"#,
                #"[{"prefix": {"addr": "10.0.0.0", "len": 25}}, {"jump": {"target": "other"}}]"#,
            ])
        }
    }

    /// A chain that a map's element goes to is in use: only both together can go.
    @Test func aChainOfAMapGoesWithItsElement() throws {
        try withNetworkNamespace {
            let before = try Self.table(7, .goto("side"))
            let socket = try NftablesSocket()
            try socket.execute(Table.diff(from: nil, to: before))
            #expect(throws: NetlinkError.self) {
                try socket.execute([TableOperation(before.identity, .deleteChain("side"))])
            }
            var after = try Self.table(7, .accept)
            after.chains["side"] = nil
            try socket.execute(Table.diff(from: before, to: after))
            let read = try socket.table(after.identity)
            #expect(read == after)
        }
    }
}
