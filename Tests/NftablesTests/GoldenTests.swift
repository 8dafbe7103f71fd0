import Addresses
import Nftables
import Testing

/// Transactions byte by byte: one structure or attribute a line. Headers are little-endian, as every machine we build
/// for; numbers of nf_tables are in network order.
@Suite struct GoldenTests {
    private static let table = Table.Identity(.inet, "t")
    private static let set = NamedSet("s", .ipv4Address, .service)

    @Test func beginningAndEnd() throws {
        let bytes = try Transaction.bytes(of: [TableOperation(Self.table, .deleteTable)], sequence: 7)
        let hex = Self.hex(bytes)
        #expect(hex.hasPrefix("14000000 1000 0100 07000000 00000000 00 00 000a".joined))  // NFNL_MSG_BATCH_BEGIN
        #expect(hex.hasSuffix("14000000 1100 0100 09000000 00000000 00 00 000a".joined))  // NFNL_MSG_BATCH_END
        #expect(bytes.count == 20 + 28 + 20)
    }

    @Test func tables() throws {
        expect(
            .addTable(.owned),
            "24000000 000a 0504 01000000 00000000",  // nlmsghdr: NFT_MSG_NEWTABLE, REQUEST|ACK|CREATE
            "01 00 0000",  // nfgenmsg: NFPROTO_INET
            "0600 0100 7400 0000",  // NFTA_TABLE_NAME
            "0800 0200 00000006"  // NFTA_TABLE_FLAGS: OWNER|PERSIST
        )
        expect(
            .addTable(.owned),
            canProtect: false,
            "24000000 000a 0504 01000000 00000000",
            "01 00 0000",
            "0600 0100 7400 0000",
            "0800 0200 00000000"
        )
        expect(.deleteTable, "1c000000 020a 0500 01000000 00000000", "01 00 0000", "0600 0100 7400 0000")
    }

    @Test func counters() throws {
        expect(
            .addCounter("n"),
            "30000000 120a 0504 01000000 00000000",  // NFT_MSG_NEWOBJ
            "01 00 0000",
            "0600 0100 7400 0000",  // NFTA_OBJ_TABLE
            "0600 0200 6e00 0000",  // NFTA_OBJ_NAME
            "0800 0300 00000001",  // NFTA_OBJ_TYPE: NFT_OBJECT_COUNTER
            "0400 0480"  // NFTA_OBJ_DATA, nested and empty
        )
    }

    @Test func chains() throws {
        expect(
            .addChain(Chain("c", hook: Chain.Hook(Chain.Hook.input, priority: -10))),
            "4c000000 030a 0504 01000000 00000000",  // NFT_MSG_NEWCHAIN
            "01 00 0000",
            "0600 0100 7400 0000",  // NFTA_CHAIN_TABLE
            "0600 0300 6300 0000",  // NFTA_CHAIN_NAME
            "1400 0480",  // NFTA_CHAIN_HOOK
            "0800 0100 00000001",  // NFTA_HOOK_HOOKNUM: NF_INET_LOCAL_IN
            "0800 0200 fffffff6",  // NFTA_HOOK_PRIORITY
            "0800 0500 00000001",  // NFTA_CHAIN_POLICY: NF_ACCEPT
            "0b00 0700 66696c74657200 00"  // NFTA_CHAIN_TYPE: filter
        )
        expect(
            .flushChain("c"),
            "24000000 080a 0500 01000000 00000000",  // NFT_MSG_DELRULE
            "01 00 0000",
            "0600 0100 7400 0000",  // NFTA_RULE_TABLE
            "0600 0200 6300 0000"  // NFTA_RULE_CHAIN; no handle: all rules
        )
    }

    @Test func sets() throws {
        expect(
            .addSet(Self.set),
            "44000000 090a 0504 01000000 00000000",  // NFT_MSG_NEWSET
            "01 00 0000",
            "0600 0100 7400 0000",  // NFTA_SET_TABLE
            "0600 0200 7300 0000",  // NFTA_SET_NAME
            "0800 0300 00000000",  // NFTA_SET_FLAGS
            "0800 0400 000001cd",  // NFTA_SET_KEY_TYPE: 7 << 6 | 13
            "0800 0500 00000008",  // NFTA_SET_KEY_LEN
            "0800 0a00 00000001"  // NFTA_SET_ID
        )
        let element = SetElement(.address(try ReadBackTests.address("10.0.0.1")), .port(80))
        let list = [
            "0600 0200 7300 0000",  // NFTA_SET_ELEM_LIST_SET
            "0600 0100 7400 0000",  // NFTA_SET_ELEM_LIST_TABLE
            "1800 0380",  // NFTA_SET_ELEM_LIST_ELEMENTS
            "1400 0180",  // the first
            "1000 0180",  // NFTA_SET_ELEM_KEY
            "0c00 0100 0a000001 00500000",  // NFTA_DATA_VALUE: each field padded
        ]
        expect(
            .addElements([element], set: Self.set),
            ["3c000000 0c0a 0504 01000000 00000000", "01 00 0000"] + list  // NFT_MSG_NEWSETELEM
        )
        expect(
            .deleteElements([element], set: Self.set),
            ["3c000000 0e0a 0500 01000000 00000000", "01 00 0000"] + list  // NFT_MSG_DELSETELEM
        )
    }

    @Test func intervals() throws {
        let set = NamedSet("s", .ipv4Address, isInterval: true)
        let network = try #require(IPNetwork("10.0.0.0/8"))
        expect(
            .addElements([SetElement(network)], set: set),
            "50000000 0c0a 0504 01000000 00000000",
            "01 00 0000",
            "0600 0200 7300 0000",
            "0600 0100 7400 0000",
            "2c00 0380",
            "1000 0180 0c00 0180 0800 0100 0a000000",  // from here
            "1800 0280",
            "0800 0300 00000001",  // NFTA_SET_ELEM_FLAGS: NFT_SET_ELEM_INTERVAL_END
            "0c00 0180 0800 0100 0b000000"  // up to here
        )
    }

    @Test func rules() throws {
        expect(
            .addRule(FilterRule(Match.transport(6) + [.namedCounter("n")], .goto("d"), comment: "x"), chain: "c"),
            "dc000000 060a 050c 01000000 00000000",  // NFT_MSG_NEWRULE, REQUEST|ACK|CREATE|APPEND
            "01 00 0000",
            "0600 0100 7400 0000",  // NFTA_RULE_TABLE
            "0600 0200 6300 0000",  // NFTA_RULE_CHAIN
            "0800 0700 00027800",  // NFTA_RULE_USERDATA: a comment of two bytes
            "b000 0480",  // NFTA_RULE_EXPRESSIONS
            "2400 0180 0900 0100 6d65746100 000000",  // meta
            "1400 0280 0800 0200 00000010 0800 0100 00000001",  // NFT_META_L4PROTO into register 1
            "2c00 0180 0800 0100 636d7000",  // cmp
            "2000 0280 0800 0100 00000001 0800 0200 00000000",  // register 1, NFT_CMP_EQ
            "0c00 0380 0500 0100 06 000000",  // TCP
            "2400 0180 0b00 0100 6f626a72656600 00",  // objref
            "1400 0280 0800 0100 00000001 0500 0200 6e 000000",  // NFT_OBJECT_COUNTER, its name
            "3800 0180 0e00 0100 696d6d65646961746500 0000",  // immediate
            "2400 0280 0800 0100 00000000",  // NFT_REG_VERDICT
            "1800 0280 1400 0280 0800 0100 fffffffc 0600 0200 6400 0000"  // NFT_GOTO, its chain
        )
    }

    @Test func otherExpressions() {
        expect([.notrack], "1000 0180 0c00 0100 6e6f747261636b00")
        expect([.counter], "1400 0180 0c00 0100 636f756e74657200 0400 0280")
        expect(
            [.limit(rate: 3, per: .minute, burst: 7, isOver: true)],
            "4400 0180 0a00 0100 6c696d697400 0000 3400 0280",
            "0c00 0100 0000000000000003",  // NFTA_LIMIT_RATE
            "0c00 0200 000000000000003c",  // NFTA_LIMIT_UNIT: seconds
            "0800 0300 00000007 0800 0400 00000000",  // NFTA_LIMIT_BURST, NFT_LIMIT_PKTS
            "0800 0500 00000001"  // NFT_LIMIT_F_INV
        )
        let reject = "2400 0180 0b00 0100 72656a65637400 00 1400 0280"
        expect([.reject(.tcpReset)], reject, "0800 0100 00000001 0500 0200 00 000000")  // NFT_REJECT_TCP_RST
        expect([.reject(.icmpx(code: 1))], reject, "0800 0100 00000002 0500 0200 01 000000")
        expect(
            [.bitwise(mask: [0xff, 0xf0], flipped: [0, 1])],
            "4400 0180 0c00 0100 6269747769736500 3400 0280",
            "0800 0100 00000001 0800 0200 00000001 0800 0300 00000002",  // from and to register 1, 2 bytes
            "0c00 0480 0600 0100 fff0 0000",  // NFTA_BITWISE_MASK
            "0c00 0580 0600 0100 0001 0000"  // NFTA_BITWISE_XOR
        )
        expect(
            [.range(isInverted: true, first: Match.port(80), last: Match.port(90))],
            "3c00 0180 0a00 0100 72616e676500 0000 2c00 0280",
            "0800 0100 00000001 0800 0200 00000001",  // register 1, NFT_RANGE_NEQ
            "0c00 0380 0600 0100 0050 0000 0c00 0480 0600 0100 005a 0000"
        )
        expect(
            [.lookup(set: "s", isInverted: true)],
            "2c00 0180 0b00 0100 6c6f6f6b757000 00 1c00 0280",
            "0800 0200 00000001 0600 0100 7300 0000 0800 0500 00000001"  // NFT_LOOKUP_F_INV
        )
        expect(
            [.load([1])],
            "2c00 0180 0e00 0100 696d6d65646961746500 0000 1800 0280",
            "0800 0100 00000001 0c00 0280 0500 0100 01 000000"
        )
    }

    @Test func whatGoes() {
        let table = "01 00 0000 0600 0100 7400 0000"
        expect(.addChain(Chain("c")), "24000000 030a 0504 01000000 00000000", table, "0600 0300 6300 0000")
        expect(.deleteChain("c"), "24000000 050a 0500 01000000 00000000", table, "0600 0300 6300 0000")
        expect(.deleteSet("s"), "24000000 0b0a 0500 01000000 00000000", table, "0600 0200 7300 0000")
        expect(
            .deleteCounter("n"),
            "30000000 140a 0500 01000000 00000000",
            table,
            "0600 0200 6e00 0000 0800 0300 00000001 0400 0480"  // NFT_OBJECT_COUNTER
        )
    }

    /// The expressions of a rule.
    private func expect(
        _ expressions: [Expression],
        _ lines: String...,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let operations = [TableOperation(Self.table, .addRule(FilterRule(expressions), chain: "c"))]
        let bytes = try? Transaction.bytes(of: operations, sequence: 0)
        // Behind the headers, table, chain, and the length of the list.
        let list = bytes.map { Self.hex(Array($0.dropFirst(20 + 20 + 8 + 8 + 4).dropLast(20))) }
        #expect(list == lines.joined().joined, sourceLocation: sourceLocation)
    }

    func expect(
        _ action: TableOperation.Action,
        canProtect: Bool = true,
        _ lines: String...,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        expect(action, canProtect: canProtect, lines, sourceLocation: sourceLocation)
    }

    /// The one message between beginning and end.
    func expect(
        _ action: TableOperation.Action,
        canProtect: Bool = true,
        _ lines: [String],
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let operations = [TableOperation(Self.table, action)]
        let bytes = try? Transaction.bytes(of: operations, sequence: 0, canProtect: canProtect)
        let message = bytes.map { Self.hex(Array($0.dropFirst(20).dropLast(20))) }
        #expect(message == lines.joined().joined, sourceLocation: sourceLocation)
    }

    private static func hex(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}

extension String {
    /// Without the blanks that make it readable.
    fileprivate var joined: String { filter { $0 != " " } }
}
