@testable import ProxyEngine
import TestSupport
import Testing

/// The peers protocol, as a real HAProxy 2.6.12 spoke it.
@Suite(.blocking) struct PeerMessageTests {
    private func bytes(_ text: String) -> [UInt8] {
        text.split(separator: " ").compactMap { UInt8($0, radix: 16) }
    }

    @Test func numbersAreHAProxys() {
        for (number, text) in [
            (0, "00"), (239, "ef"), (240, "f0 00"), (300, "fc 03"), (10000, "f0 e2 03"), (3_600_000, "f0 d9 dc 0c"),
            (5_000_000_000, "f0 91 bd 80 94 00"),
        ] as [(UInt64, String)] {
            var writer = PeerWriter()
            writer.number(number)
            #expect(writer.bytes == bytes(text), "\(number)")
            var reader = PeerReader(writer.bytes[...])
            #expect(reader.number() == number && reader.consumed == writer.bytes.count)
        }
        var generator = SeededGenerator()
        print("seed \(generator.seed)")
        for _ in 0..<1000 {
            let number =
                UInt64.random(in: 0...UInt64.max, using: &generator) >> UInt64.random(in: 0..<64, using: &generator)
            var writer = PeerWriter()
            writer.number(number)
            var reader = PeerReader(writer.bytes[...])
            #expect(reader.number() == number, "\(number)")
            var short = PeerReader(writer.bytes.dropLast())
            #expect(short.number() == nil)
        }
    }

    private static let data: [StickData] = [
        StickData(.serverID), StickData(.connections), StickData(.connectionRate, period: 10000),
        StickData(.currentConnections), StickData(.sessions), StickData(.bytesIn),
        StickData(.bytesInRate, period: 10000),
        StickData(.bytesOut), StickData(.gpt, count: 2), StickData(.gpc, count: 2),
        StickData(.gpcRate, count: 2, period: 10000),
    ]

    @Test func aTableIsDefinedAsHAProxyDefinesIt() throws {
        let shared = try SharedStickTable(
            StickTable(name: "t1", size: 1024, expiry: 3_600_000, data: Self.data, peers: "pp")
        )
        let table = PeerTable(id: 2, shared, of: "pp")
        let definition = bytes(
            "02 02 74 31 04 04 f1 80 9b 6f f0 d9 dc 0c 05 f0 e2 03 0e f0 e2 03 16 02 17 02 18 02 f0 e2 03"
        )
        #expect(table.definition.bytes == definition)
        var reader = PeerReader(definition[...])
        #expect(reader.number() == 2)
        let read = try #require(PeerTableDefinition(&reader))
        #expect(read.name == "t1" && read.keyType == 4 && read.keyLength == 4 && read.data == Self.data)
        let own = try SharedStickTable(StickTable(name: "pp/pt", kind: .string, length: 11, size: 1, peers: "pp"))
        #expect(PeerTable(id: 1, own, of: "pp").name == "/pt")
        for end in 0..<definition.count {
            var cut = PeerReader(definition[..<end])
            _ = cut.number()
            _ = PeerTableDefinition(&cut)
        }
    }

    /// What is told of an entry is learnt as it was, but for who is connected.
    @Test func anEntryIsToldAndLearnt() throws {
        let data = Self.data + [StickData(.serverKey)]
        func table() throws -> SharedStickTable {
            try SharedStickTable(StickTable(name: "t", size: 10, expiry: 60000, data: data, peers: "pp"))
        }
        let (mine, other) = (try table(), try table())
        let key: [UInt8] = [192, 0, 2, 1]
        let index = key.withUnsafeBytes { mine.memory.pointee.track($0, now: 100_000) }
        mine.memory.pointee.untrack(index, bytesIn: 5_000_000_000, bytesOut: 7, now: 101_000)
        _ = key.withUnsafeBytes { mine.memory.pointee.track($0, now: 102_000) }
        _ = key.withUnsafeBytes { mine.memory.pointee.store($0, .init(name: 3, id: 2), now: 102_000) }
        let told = mine.memory.pointee.locked { $0.peerEntry(index, data, 103_000) }
        #expect(told.rest == 59000 && told.update == mine.memory.pointee.news.update)
        other.memory.pointee.learn(told, data, now: 903_000)
        let learnt = try #require(
            other.memory.pointee.locked { content in
                let index = key.withUnsafeBytes { content.find($0, 903_000) }
                return index == StickMemory.none ? nil : content.peerEntry(index, data, 903_000)
            }
        )
        #expect(learnt.rest == 59000 && learnt.update == 0)
        var expected = told.values
        // Who is connected is connected there.
        let place = try #require(data.firstIndex { $0.kind == .currentConnections })
        expected[place + 2] = 0
        #expect(learnt.values == expected)
    }

    /// Changes are linked once, in order, and survive the entries that they were of.
    @Test func changesAreListedOnce() throws {
        let shared = try SharedStickTable(StickTable(name: "t", size: 2, data: [StickData(.gpc0)], peers: "pp"))
        shared.memory.pointee.news.alarm = clinuxFreeDescriptor
        func touch(_ number: UInt8, _ now: UInt64) {
            [0, 0, 0, number].withUnsafeBytes { key in
                _ = shared.memory.pointee.increment(.gpc0, .gpc0Rate, 0, at: .key(key), makes: true, now: now)
            }
        }
        for (number, now) in [(1, 1), (2, 2), (1, 3), (3, 4)] as [(UInt8, UInt64)] { touch(number, now) }
        // The third entry took the place of the second.
        #expect(shared.memory.pointee.takeNews() == 0)
        #expect(shared.memory.pointee.takeNews() == 1)
        #expect(shared.memory.pointee.takeNews() == nil)
        touch(1, 5)
        #expect(shared.memory.pointee.takeNews() == 0 && shared.memory.pointee.takeNews() == nil)
        #expect(shared.memory.pointee.news.update == 5)
    }
}

/// A number that is no descriptor's: nobody is rung.
private let clinuxFreeDescriptor: Int32 = 1_000_000
