import Testing

@testable import DataPlaneModel

@Suite struct EscapedBytesTests {
    @Test func anyBytesComeBack() {
        let seed = UInt64.random(in: 0 ... .max)
        print("escaped bytes seed \(seed)")
        // Pieces of valid, cut and overlong sequences, and scalars that escapes are made of.
        let pieces: [[UInt8]] = [
            Array("a é € 😀\n".utf8), [0xE9], [0xC3], [0xE2, 0x82], [0xF4, 0x8F, 0xB9, 0xA9], [0xF4, 0x8F, 0xB8, 0x80],
            [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xFF], [0x00], Array("\u{10FE80}\u{10FEFF}\u{FFFD}".utf8),
        ]
        var state = seed
        for _ in 0..<500 {
            var bytes: [UInt8] = []
            for _ in 0..<8 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                bytes += pieces[Int(state >> 33) % pieces.count]
            }
            #expect(EscapedBytes.bytes(EscapedBytes.text(bytes)) == bytes)
        }
    }

    @Test func validTextIsAsItIs() {
        #expect(EscapedBytes.text(Array("# é € 😀 \u{10FFFD}\n".utf8)) == "# é € 😀 \u{10FFFD}\n")
    }
}
