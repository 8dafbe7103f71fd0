import Nftables
import Testing

/// Maps, their elements, and the rules that look in them.
extension GoldenTests {
    @Test func maps() throws {
        let map = NamedSet("m", .service, maps: .value(.mark))
        expect(
            .addSet(map),
            "64000000 090a 0504 01000000 00000000",  // NFT_MSG_NEWSET
            "01 00 0000",
            "0600 0100 7400 0000",
            "0600 0200 6d00 0000",
            "0800 0300 00000008",  // NFTA_SET_FLAGS: NFT_SET_MAP
            "0800 0400 0000000d",  // NFTA_SET_KEY_TYPE: 13
            "0800 0500 00000002",  // NFTA_SET_KEY_LEN
            "0800 0600 00000013",  // NFTA_SET_DATA_TYPE: 19
            "0800 0700 00000004",  // NFTA_SET_DATA_LEN
            "0800 0a00 00000001",
            "1000 0d00",  // NFTA_SET_USERDATA
            "00 04 02000000 01 04 01000000"  // keys in network order, values in the machine's
        )
        let element = SetElement(.port(80), maps: .bytes(Match.native(7)))
        let list = [
            "0600 0200 6d00 0000",
            "0600 0100 7400 0000",
            "2000 0380",
            "1c00 0180",
            "0c00 0180 0600 0100 0050 0000",  // NFTA_SET_ELEM_KEY
            "0c00 0280 0800 0100 07000000",  // NFTA_SET_ELEM_DATA
        ]
        expect(.addElements([element], set: map), ["44000000 0c0a 0504 01000000 00000000", "01 00 0000"] + list)
        expect(.deleteElements([element], set: map), ["44000000 0e0a 0500 01000000 00000000", "01 00 0000"] + list)
        expect(
            .addRule(FilterRule([Match.destinationPort(), .map(map: "m"), .setMeta(.mark)]), chain: "c"),
            "ac000000 060a 050c 01000000 00000000",
            "01 00 0000",
            "0600 0100 7400 0000",
            "0600 0200 6300 0000",
            "8800 0480",  // NFTA_RULE_EXPRESSIONS
            "3400 0180 0c00 0100 7061796c6f616400",  // payload
            "2400 0280 0800 0100 00000001 0800 0200 00000002",  // into register 1, of NFT_PAYLOAD_TRANSPORT_HEADER
            "0800 0300 00000002 0800 0400 00000002",  // from byte 2, 2 bytes
            "2c00 0180 0b00 0100 6c6f6f6b757000 00",  // lookup
            "1c00 0280 0800 0200 00000001",  // NFTA_LOOKUP_SREG
            "0800 0300 00000001 0600 0100 6d00 0000",  // NFTA_LOOKUP_DREG: the value; NFTA_LOOKUP_SET
            "2400 0180 0900 0100 6d65746100 000000",  // meta
            "1400 0280 0800 0200 00000003 0800 0300 00000001"  // NFT_META_MARK from register 1
        )
    }

    @Test func verdictMaps() throws {
        let map = NamedSet("m", .transportProtocol, maps: .verdict)
        expect(
            .addSet(map),
            "60000000 090a 0504 01000000 00000000",
            "01 00 0000",
            "0600 0100 7400 0000",
            "0600 0200 6d00 0000",
            "0800 0300 00000008",
            "0800 0400 0000000c",
            "0800 0500 00000001",
            "0800 0600 ffffff00",  // NFTA_SET_DATA_TYPE: NFT_DATA_VERDICT
            "0800 0700 00000010",
            "0800 0a00 00000001",
            "0a00 0d00 00 04 02000000 0000"  // NFTA_SET_USERDATA: keys in network order
        )
        expect(
            .addElements([SetElement(.transport(6), maps: .verdict(.goto("d")))], set: map),
            "50000000 0c0a 0504 01000000 00000000",
            "01 00 0000",
            "0600 0200 6d00 0000",
            "0600 0100 7400 0000",
            "2c00 0380 2800 0180",
            "0c00 0180 0500 0100 06 000000",  // TCP
            "1800 0280 1400 0280",  // NFTA_SET_ELEM_DATA, NFTA_DATA_VERDICT
            "0800 0100 fffffffc 0600 0200 6400 0000"  // NFT_GOTO, its chain
        )
        expect(
            .addElements([SetElement(.transport(17), maps: .verdict(.drop))], set: map),
            "48000000 0c0a 0504 01000000 00000000",
            "01 00 0000",
            "0600 0200 6d00 0000",
            "0600 0100 7400 0000",
            "2400 0380 2000 0180",
            "0c00 0180 0500 0100 11 000000",  // UDP
            "1000 0280 0c00 0280 0800 0100 00000000"  // NF_DROP
        )
        expect(
            .addRule(FilterRule([.meta(.transportProtocol), .verdictMap(map: "m")]), chain: "c"),
            "78000000 060a 050c 01000000 00000000",
            "01 00 0000",
            "0600 0100 7400 0000",
            "0600 0200 6300 0000",
            "5400 0480",
            "2400 0180 0900 0100 6d65746100 000000",
            "1400 0280 0800 0200 00000010 0800 0100 00000001",
            "2c00 0180 0b00 0100 6c6f6f6b757000 00",
            "1c00 0280 0800 0200 00000001",
            "0800 0300 00000000 0600 0100 6d00 0000"  // NFTA_LOOKUP_DREG: NFT_REG_VERDICT
        )
    }
}
