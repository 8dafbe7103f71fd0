import Testing

@testable import Netlink

@Suite struct ReaderTests {
    @Test func shortMessagesReadAsZeros() {
        let reader = NetlinkReader([1, 2, 3])
        #expect(reader.number(0, as: UInt16.self) == 0x0201)
        #expect(reader.number(2, as: UInt16.self) == 0)
        #expect(reader.number(-1, as: UInt8.self) == 0)
        #expect(reader.attributes(from: 16).isEmpty)
    }

    @Test func attributesWithBadLengthsEndTheList() {
        let good: [UInt8] = [5, 0, 1, 0, 42, 0, 0, 0]
        #expect(NetlinkReader((good + [3, 0, 2, 0])[...]).attributes(from: 0).map { $0.type }.count == 1)
        #expect(NetlinkReader((good + [200, 0, 2, 0])[...]).attributes(from: 0).map { $0.type }.count == 1)
        #expect(NetlinkReader((good + [4, 0, 2, 0])[...]).attributes(from: 0).map { $0.type }.count == 2)
        #expect(NetlinkReader(good[...]).attributes(from: 0)[UInt16(1)]?.number(as: UInt8.self) == 42)
    }

    @Test func anyBytesCanBeRead() {
        let seed = UInt64.random(in: 0 ... .max)
        print("seed \(seed)")
        var generator = SplitMix(state: seed)
        for _ in 0..<5000 {
            let count = Int.random(in: 0...120, using: &generator)
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...40, using: &generator) }
            for type: UInt16 in [16, 20, 24, 32] {
                let reply = NetlinkReply(type: type, payload: NetlinkReader(bytes[...]))
                _ = (Link(reply), LinkAddress(reply), Route(reply), Rule(reply))
            }
        }
    }
}

/// A generator whose failing seed can be given again.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
