import TestSupport
import Testing

@testable import ProxyEngine

/// What is read of bytes that clients say first: of every part of them, and of bytes that are damaged.
@Suite struct ContentReaderTests {
    /// A ClientHello of TLS 1.2 with a server name, two protocols, curves and an empty ticket.
    private static func hello(_ name: String) -> [UInt8] {
        func short(_ value: Int) -> [UInt8] { [UInt8(value >> 8), UInt8(value & 255)] }
        func part(_ type: Int, _ body: [UInt8]) -> [UInt8] { short(type) + short(body.count) + body }
        let text = Array(name.utf8)
        let extensions =
            part(10, [0, 2, 0, 23]) + part(0, short(text.count + 3) + [0] + short(text.count) + text)
            + part(16, [0, 12, 2] + Array("h2".utf8) + [8] + Array("http/1.1".utf8)) + part(35, [])
        let body =
            [3, 3] + [UInt8](repeating: 7, count: 32) + [0] + short(2) + [0x13, 1] + [1, 0] + short(extensions.count)
            + extensions
        let message = [1, 0] + short(body.count) + body
        return [0x16, 3, 1] + short(message.count) + message
    }

    private func answers(_ bytes: [UInt8]) -> [String] {
        bytes.withUnsafeBytes { raw in
            let reader = ContentReader(raw)
            func words(_ answer: ContentAnswer) -> String {
                switch answer {
                case .number(let number): "\(number)"
                case .truth: "true"
                case .text(let range): String(decoding: raw[range], as: UTF8.self)
                case .absent: "-"
                case .incomplete: "…"
                }
            }
            let any = UnsafeRawBufferPointer(start: nil, count: 0)
            return [
                reader.helloType(), reader.serverName(), reader.version(most: 15355), reader.protocols(),
                reader.curves(), reader.ticket(), reader.cookie(any), reader.isHTTP(),
            ].map(words)
        }
    }

    @Test func aHelloIsReadWhenItIsThere() {
        let bytes = Self.hello("shop.example.com")
        #expect(answers(bytes) == ["1", "shop.example.com", "\(3 << 16 + 3)", "h2", "true", "1", "-", "-"])
        for count in 0..<bytes.count {
            let early = answers(Array(bytes[..<count]))
            #expect(early[..<6].allSatisfy { $0 == "…" }, "\(count)")
        }
    }

    @Test func requestsAndCookiesAreReadWhenTheyAreThere() {
        let request = Array("GET /x HTTP/1.1\r\nhost: a\r\n\r\n".utf8)
        let cookie = [UInt8](repeating: 3, count: 11) + Array("Cookie: mstshash=me\r\n".utf8)
        #expect(answers(request)[7] == "true")
        #expect(answers(cookie)[6] == "me")
        for count in 0..<request.count { #expect(answers(Array(request[..<count]))[7] == "…", "\(count)") }
        for count in 0..<cookie.count { #expect(answers(Array(cookie[..<count]))[6] == "…", "\(count)") }
    }

    /// Each access is inside of the bytes, or this traps.
    @Test func damagedBytesAreReadNoFurther() {
        var generator = SeededGenerator()
        let models = [
            Self.hello("shop.example.com"), Array("GET /x HTTP/1.1\r\nhost: a\r\n\r\n".utf8),
            [UInt8](repeating: 3, count: 11) + Array("Cookie: mstshash=me\r\n".utf8), [0x80, 40, 1, 3, 0],
        ]
        for _ in 0..<20000 {
            var bytes = models[Int.random(in: 0..<models.count, using: &generator)]
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                bytes[Int.random(in: 0..<bytes.count, using: &generator)] = .random(in: 0...255, using: &generator)
            }
            let count = Int.random(in: 0...bytes.count, using: &generator)
            #expect(answers(Array(bytes[..<count])).count == 8)
        }
    }
}
