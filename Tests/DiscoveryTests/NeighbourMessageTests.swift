import Addresses
import TestSupport
import Testing

@testable import Discovery

/// Neighbour discovery byte by byte (RFC 4861, RFC 4862).
@Suite struct NeighbourMessageTests {
    private let mac = MACAddress("00:50:56:b4:ef:d1") ?? .zero
    private let address = IPAddress("2001:db8::10:2a") ?? IPAddress(v4: 0)
    private let host = IPAddress("fe80::1") ?? IPAddress(v4: 0)

    @Test func probe() {
        let golden = """
            3333ff10002a 005056b4efd1 86dd 60000000 0018 3a ff 00000000000000000000000000000000
            ff0200000000000000000001ff10002a 87 00 4c7b 00000000 20010db800000000000000000010002a
            """
        #expect(hex(NeighbourMessage.probe(address).frame(from: mac).bytes) == golden.filter { $0.isHexDigit })
    }

    @Test func announcement() {
        let golden = """
            333300000001 005056b4efd1 86dd 60000000 0020 3a ff 20010db800000000000000000010002a
            ff020000000000000000000000000001 88 00 b3e3 20000000 20010db800000000000000000010002a 02 01 005056b4efd1
            """
        let message = NeighbourMessage.announcement(address, from: mac)
        #expect(hex(message.frame(from: mac).bytes) == golden.filter { $0.isHexDigit })
    }

    @Test func readsWhatItWrites() {
        let ask = NeighbourMessage(
            .solicitation,
            from: host,
            to: address.solicitedNodeGroup,
            target: address,
            linkLayer: mac
        )
        for message in [
            ask, .probe(address), .announcement(address, from: mac), .answer(address, from: mac, to: host),
        ] {
            #expect(NeighbourMessage(message.bytes[...]) == message)
            // Padded to the shortest frame.
            #expect(NeighbourMessage((message.bytes + [0, 0])[...]) == message)
            for count in message.bytes.indices { #expect(NeighbourMessage(message.bytes.prefix(count)) == nil) }
        }
    }

    /// A signature of SEND or a nonce beside it does not hide it.
    @Test func skipsOtherOptions() throws {
        var body = Array(NeighbourMessage.announcement(address, from: mac).bytes[40...])
        body.insert(contentsOf: [14, 1, 1, 2, 3, 4, 5, 6], at: 24)
        #expect(NeighbourMessage(packet(body)[...])?.linkLayer == mac)
    }

    @Test(arguments: [
        (0, 0x40), (6, 6), (7, 254), (40, 134), (41, 1), (42, 0), (48, 0xff), (65, 0), (65, 2), (8, 0xff),
    ])
    func refuses(change: (offset: Int, value: UInt8)) {
        var bytes = NeighbourMessage.announcement(address, from: mac).bytes
        bytes[change.offset] = change.value
        // The wrong checksum is a case of its own.
        if change.offset != 42 { bytes = packet(Array(bytes[40...]), header: Array(bytes[..<40])) }
        #expect(NeighbourMessage(bytes[...]) == nil)
    }

    @Test func refusesImpossibleOnes() throws {
        let nobody = IPAddress(family: .v6, number: 0)
        for message in [
            // From nobody, to one host; with a MAC address; an advertisement.
            NeighbourMessage(.solicitation, from: nobody, to: address, target: address, linkLayer: nil),
            NeighbourMessage(
                .solicitation,
                from: nobody,
                to: address.solicitedNodeGroup,
                target: address,
                linkLayer: mac
            ),
            NeighbourMessage(
                .advertisement(isSolicited: false, overrides: true),
                from: nobody,
                to: .allNodes,
                target: address,
                linkLayer: mac
            ),
            // An answer to everybody.
            NeighbourMessage(
                .advertisement(isSolicited: true, overrides: true),
                from: address,
                to: .allNodes,
                target: address,
                linkLayer: mac
            ),
        ] { #expect(NeighbourMessage(message.bytes[...]) == nil) }
    }

    /// With a right checksum.
    private func packet(_ body: [UInt8], header: [UInt8]? = nil) -> [UInt8] {
        var header = header ?? Array(NeighbourMessage.announcement(address, from: mac).bytes[..<40])
        header[5] = UInt8(body.count)
        var body = body
        (body[2], body[3]) = (0, 0)
        let source = IPAddress(bytes: header[8..<24]) ?? address
        let destination = IPAddress(bytes: header[24..<40]) ?? address
        let sum = NeighbourMessage.checksum(body[...], source, destination)
        (body[2], body[3]) = (UInt8(sum >> 8), UInt8(sum & 0xff))
        return header + body
    }
}
