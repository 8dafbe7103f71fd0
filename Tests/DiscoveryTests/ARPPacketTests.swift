import Addresses
import Testing

@testable import Discovery

/// ARP byte by byte (RFC 826, RFC 5227).
@Suite struct ARPPacketTests {
    private let mac = MACAddress("00:50:56:b4:ef:d1") ?? .zero
    private let address = IPAddress("10.13.200.33") ?? IPAddress(v4: 0)

    @Test func probe() {
        let frame = ARPPacket.probe(address, from: mac).broadcastFrame
        let golden = "ffffffffffff 005056b4efd1 0806 0001 0800 06 04 0001 005056b4efd1 00000000 000000000000 0a0dc821"
        #expect(hex(frame.bytes) == golden.filter { $0 != " " })
    }

    @Test func announcement() {
        let frame = ARPPacket.announcement(address, from: mac).broadcastFrame
        let golden = "ffffffffffff 005056b4efd1 0806 0001 0800 06 04 0001 005056b4efd1 0a0dc821 000000000000 0a0dc821"
        #expect(hex(frame.bytes) == golden.filter { $0 != " " })
    }

    @Test func readsWhatItWrites() throws {
        let other = try #require(MACAddress("00:50:56:00:00:01"))
        let asker = try #require(IPAddress("10.13.200.1"))
        let reply = ARPPacket(.reply, senderMAC: mac, sender: address, targetMAC: other, target: asker)
        #expect(ARPPacket(reply.bytes[...]) == reply)
        // Padded to the shortest frame.
        #expect(ARPPacket((reply.bytes + [UInt8](repeating: 0xaa, count: 18))[...]) == reply)
        for count in 0..<28 { #expect(ARPPacket(reply.bytes.prefix(count)) == nil) }
    }

    @Test(arguments: [(0, 9), (1, 6), (2, 9), (3, 1), (4, 8), (5, 16), (6, 1), (7, 0), (7, 3)])
    func refuses(change: (offset: Int, value: UInt8)) {
        var bytes = ARPPacket.probe(address, from: mac).bytes
        bytes[change.offset] = change.value
        #expect(ARPPacket(bytes[...]) == nil)
    }
}

func hex(_ bytes: [UInt8]) -> String { bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() }
