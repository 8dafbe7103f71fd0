import Addresses
import TestSupport
import Testing

@testable import Discovery

/// Whatever comes from the wire is read without a trap, and says nothing that it does not say.
@Suite struct FuzzTests {
    @Test func damagedFrames() throws {
        let seed = UInt64.random(in: .min ... .max)
        print("seed \(seed)")
        var random = SeededGenerator(state: seed)
        let mac = try #require(MACAddress("00:50:56:b4:ef:d1"))
        let v4 = try #require(IPAddress("10.13.200.33"))
        let v6 = try #require(IPAddress("2001:db8::2a"))
        let good = [
            ARPPacket.probe(v4, from: mac).broadcastFrame.bytes,
            ARPPacket.announcement(v4, from: mac).broadcastFrame.bytes,
            NeighbourMessage.probe(v6).frame(from: mac).bytes,
            NeighbourMessage.announcement(v6, from: mac).frame(from: mac).bytes,
        ]
        var machine = ClaimMachine()
        var actions: [ClaimAction] = []
        let requests = [v4, v6].map { AddressProbe.Request($0, interface: 2, mac: .zero) }
        machine.claim(requests, areVirtual: true, at: .zero, &actions)
        for round in 0..<20_000 {
            var bytes = good[Int.random(in: good.indices, using: &random)]
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                switch Int.random(in: 0..<3, using: &random) {
                case 0:
                    let offset = Int.random(in: bytes.indices, using: &random)
                    bytes[offset] = UInt8.random(in: .min ... .max, using: &random)
                case 1: bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random))
                default:
                    bytes += (0..<Int.random(in: 0...64, using: &random)).map { _ in
                        UInt8.random(in: .min ... .max, using: &random)
                    }
                }
                if bytes.isEmpty { bytes = [0] }
            }
            for sighting in Sighting.read(bytes[...]) {
                #expect(!sighting.mac.isMulticast && sighting.mac != .zero, "seed \(seed) round \(round)")
            }
            machine.hear(bytes[...], on: 2, at: .milliseconds(round), &actions)
        }
        // However much is heard, little is said: one defence in ten seconds for each address.
        let sent = actions.filter { if case .send(_, .v4, _) = $0 { true } else { false } }
        #expect(sent.count <= 1 + 3, "seed \(seed)")
    }
}
