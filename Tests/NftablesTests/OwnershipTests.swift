import Addresses
import Glibc
import Netlink
import Nftables
import TestSupport
import Testing

/// Who may change a table, and what becomes of it without its owner. On a kernel before 6.9 tables are plain.
@Suite(.blocking) struct OwnershipTests {
    private static let identity = Table.Identity(.inet, "test")

    private static func table(_ port: UInt16 = 80) -> Table {
        let hook = Chain.Hook(Chain.Hook.input)
        return Table(
            .inet,
            "test",
            chains: [Chain("main", hook: hook, rules: [FilterRule([.verdict(.accept)])])],
            sets: [NamedSet("ports", .service, elements: [SetElement(.port(port))])]
        )
    }

    @Test func othersCannotTouchIt() throws {
        try withNetworkNamespace {
            let socket = try NftablesSocket()
            try #require(socket.canPersist, "this kernel cannot keep tables whose owner goes")
            try socket.execute(Table.diff(from: nil, to: Self.table(), protection: .owned))
            let status = try #require(try socket.tables().first)
            #expect(status.owner == socket.port)
            #expect(status.protection == .owned)
            try run("nft", "add", "table", "inet", "theirs")
            try run("nft", "flush", "ruleset")
            #expect(try socket.tables().map { $0.identity } == [Self.identity])
            #expect(throws: ProgramFailed.self) { try run("nft", "delete", "table", "inet", "test") }
            let other = try NftablesSocket()
            let error = #expect(throws: NetlinkError.self) {
                try other.execute(Table.diff(from: Self.table(), to: Self.table(81)))
            }
            #expect(error?.code == EPERM)
            #expect(try socket.table(Self.identity) == Self.table())
        }
    }

    /// It stays when its owner goes, and another takes it over and changes it in one transaction.
    @Test func orphansAreAdopted() throws {
        try withNetworkNamespace {
            var first: NftablesSocket? = try NftablesSocket()
            try first?.execute(Table.diff(from: nil, to: Self.table(), protection: .owned))
            first = nil
            let second = try NftablesSocket()
            // A program that another test starts just now has the first one's descriptor too, until it executes.
            #expect(try eventually { try second.tables().map { $0.owner } == [nil] })
            #expect(try second.tables().map { $0.protection } == [.persistent])
            #expect(try second.table(Self.identity) == Self.table())
            let adopt = TableOperation(Self.identity, .addTable(.owned))
            try second.execute([adopt] + Table.diff(from: Self.table(), to: Self.table(81)))
            #expect(try second.tables().map { $0.owner } == [second.port])
            #expect(try second.table(Self.identity) == Self.table(81))
        }
    }

    /// One-shot programs leave a table that the service adopts later.
    @Test func persistentWithoutOwner() throws {
        try withNetworkNamespace {
            let socket = try NftablesSocket()
            try socket.execute(Table.diff(from: nil, to: Self.table(), protection: .persistent))
            let other = try NftablesSocket()
            try other.execute([TableOperation(Self.identity, .addTable(.owned))])
            #expect(try socket.tables().map { $0.owner } == [other.port])
        }
    }

    /// All or nothing; the error names what was refused.
    @Test func transactionsAreAtomic() throws {
        try withNetworkNamespace {
            let socket = try NftablesSocket()
            try socket.execute(Table.diff(from: nil, to: Self.table()))
            let set = NamedSet("ports", .service)
            let missing = TableOperation(Self.identity, .deleteElements([SetElement(.port(99))], set: set))
            let more = TableOperation(Self.identity, .addElements([SetElement(.port(7))], set: set))
            let error = #expect(throws: NetlinkError.self) { try socket.execute([more, missing, more]) }
            #expect(error?.code == ENOENT)
            #expect(error.map { "\($0)" }?.hasPrefix("ENOENT deleting element inet test ports { 99 }: ") == true)
            #expect(try socket.table(Self.identity) == Self.table())
            // The socket is of use after it.
            try socket.execute([more])
            #expect(try socket.table(Self.identity)?.sets["ports"]?.elements.count == 2)
        }
    }

    /// More refusals than the socket holds: those that are lost are no reason to wait for them.
    @Test func thousandsOfRefusals() throws {
        try withNetworkNamespace {
            let socket = try NftablesSocket()
            try socket.execute(Table.diff(from: nil, to: Self.table()))
            let wrong = (0..<30000).map { TableOperation(Self.identity, .deleteCounter("c\($0)")) }
            let error = #expect(throws: NetlinkError.self) { try socket.execute(wrong) }
            #expect(error?.code == ENOENT || error?.code == ENOBUFS)
            #expect(try socket.table(Self.identity) == Self.table())
            try socket.execute([TableOperation(Self.identity, .addCounter("c"))])
            #expect(try socket.counters(Self.identity).keys.sorted() == ["c"])
        }
    }

    /// The kernel's own words for a refusal (NLMSGERR_ATTR_MSG) take the place of those of the error's number.
    @Test func theKernelsWordsAreTold() throws {
        try withNetworkNamespace {
            // NFT_TABLE_MAXNAMELEN is 256.
            let name = String(repeating: "x", count: 300)
            let error = #expect(throws: NetlinkError.self) {
                try NftablesSocket().execute([TableOperation(Table.Identity(.inet, name), .addTable(.none))])
            }
            #expect(error?.kernelText == "Attribute failed policy validation")
            #expect(
                error.map { "\($0)" } == "ERANGE adding table inet \(name): Attribute failed policy validation"
            )
        }
    }

    @Test func refusalsAreNamed() throws {
        try withNetworkNamespace {
            let socket = try NftablesSocket()
            try socket.execute(Table.diff(from: nil, to: Self.table()))
            func refusal(_ action: TableOperation.Action) -> String {
                let error = #expect(throws: NetlinkError.self) {
                    try socket.execute([TableOperation(Self.identity, action)])
                }
                return error.map { "\($0)" } ?? ""
            }
            #expect(refusal(.addSet(NamedSet("ports", .ipv4Address))).hasPrefix("EEXIST adding set inet test ports: "))
            #expect(
                refusal(.addRule(FilterRule([.lookup(set: "nowhere")], comment: "c"), chain: "main"))
                    .hasPrefix("ENOENT adding rule inet test main \"c\": ")
            )
            var table = Self.table()
            table.chains["main"]?.rules = [FilterRule([.verdict(.jump("side"))])]
            table.chains["side"] = Chain("side")
            try socket.execute(Table.diff(from: Self.table(), to: table))
            #expect(refusal(.deleteChain("side")).hasPrefix("EBUSY deleting chain inet test side: "))
            let intervals = NamedSet("i", .ipv4Address, isInterval: true)
            try socket.execute([TableOperation(Self.identity, .addSet(intervals))])
            let wide = SetElement(try #require(IPNetwork("10.0.0.0/24")))
            let narrow = SetElement(try #require(IPNetwork("10.0.0.0/25")))
            try socket.execute([TableOperation(Self.identity, .addElements([wide], set: intervals))])
            #expect(refusal(.addElements([narrow], set: intervals)).hasPrefix("EEXIST adding element inet test i { "))
        }
    }
}
