@testable import ProxyEngine
import TestSupport
import Testing

@Suite(.blocking) struct ProxyHeaderTests {
    private static let signature = Array("\r\n\r\n\0\r\nQUIT\n".utf8)

    private static func read(_ bytes: [UInt8]) -> ProxyHeaderReader.Reading {
        bytes.withUnsafeBytes { ProxyHeaderReader.read($0) }
    }

    private static func read(_ text: String) -> ProxyHeaderReader.Reading { read(Array(text.utf8)) }

    private static func v4(_ number: UInt128, _ port: UInt16) -> Party { Party(number: number, port: port, family: 4) }

    /// A header of version 2 whose length is right.
    private static func binary(_ command: UInt8, _ family: UInt8, _ rest: [UInt8]) -> [UInt8] {
        signature + [command, family, UInt8(rest.count >> 8), UInt8(rest.count & 0xff)] + rest
    }

    private static let endpoints: [UInt8] = [192, 0, 2, 1, 192, 0, 2, 2, 0x1f, 0x90, 0x01, 0xbb]
    private static let endpointsV6: [UInt8] =
        [0x20, 1, 0xd, 0xb8] + [UInt8](repeating: 0, count: 11) + [1]
        + [0x20, 1, 0xd, 0xb8] + [UInt8](repeating: 0, count: 11) + [2] + [0, 1, 0, 2]

    @Test func linesOfVersion1() {
        #expect(
            Self.read("PROXY TCP4 192.168.0.1 192.168.0.11 56324 443\r\nGET /")
                == .header(
                    ProxyHeader(
                        source: Self.v4(0xc0a8_0001, 56324),
                        destination: Self.v4(0xc0a8_000b, 443),
                        hasAddresses: true,
                        length: 47
                    )
                )
        )
        #expect(
            Self.read("PROXY TCP6 2001:db8::1 ::ffff:1.2.3.4 1 65535\r\n")
                == .header(
                    ProxyHeader(
                        source: Party(number: 0x2001_0db8 << 96 | 1, port: 1, family: 6),
                        destination: Party(number: 0xffff_0102_0304, port: 65535, family: 6),
                        hasAddresses: true,
                        length: 47
                    )
                )
        )
        let longest = "PROXY UNKNOWN " + String(repeating: "f", count: 91) + "\r\n"
        for line in ["PROXY UNKNOWN\r\n", "PROXY UNKNOWN what ever\r\n", longest] {
            #expect(Self.read(line) == .header(ProxyHeader(length: line.utf8.count)))
        }
    }

    @Test(
        arguments: [
            ("GET / HTTP/1.1\r\n", .notAHeader), ("\r\n\r\nX", .notAHeader), ("PROXX", .notAHeader),
            ("\u{16}\u{3}", .notAHeader),
            ("PROXY UDP4 1.2.3.4 1.2.3.4 1 2\r\n", .unknownProtocol), ("PROXY \r\n", .unknownProtocol),
            ("PROXY  TCP4", .unknownProtocol), ("PROXY UNKNOWNS\r\n", .unknownProtocol),
            ("PROXY TCP4 1.2.3.4 1.2.3.4 1 65536\r\n", .invalid), ("PROXY TCP4 1.2.3.4 1.2.3.4 01 2\r\n", .invalid),
            ("PROXY TCP4 01.2.3.4 1.2.3.4 1 2\r\n", .invalid), ("PROXY TCP4 1.2.3.256 1.2.3.4 1 2\r\n", .invalid),
            ("PROXY TCP4 1.2.3.4  1.2.3.4 1 2\r\n", .invalid), ("PROXY TCP4 1.2.3.4 1.2.3.4 1 2 \r\n", .invalid),
            ("PROXY TCP4 1.2.3.4 1.2.3.4 1\r\n", .invalid), ("PROXY TCP4 ::1 ::1 1 2\r\n", .invalid),
            ("PROXY TCP6 1.2.3.4 1.2.3.4 1 2\r\n", .invalid), ("PROXY TCP6 ::1::2 ::1 1 2\r\n", .invalid),
            ("PROXY TCP4 1.2.3.4 1.2.3.4 1 2\n\r\n", .invalid), ("PROXY TCP4 1.2.3 1.2.3.4 1 2\r\n", .invalid),
            ("PROXY UNKNOWN " + String(repeating: "f", count: 92) + "\r\n", .invalid),
            ("PROXY TCP4 " + String(repeating: "1", count: 200), .invalid),
        ] as [(String, ProxyHeaderRefusal)]
    )
    func wrongLinesAreRefused(text: String, reason: ProxyHeaderRefusal) {
        #expect(Self.read(text) == .refused(reason))
    }

    @Test func headersOfVersion2() {
        let v4 = ProxyHeader(
            source: Self.v4(0xc000_0201, 8080),
            destination: Self.v4(0xc000_0202, 443),
            hasAddresses: true,
            length: 28
        )
        #expect(Self.read(Self.binary(0x21, 0x11, Self.endpoints) + [1, 2, 3]) == .header(v4))
        var v6 = ProxyHeader(length: 52)
        v6.source = Party(number: 0x2001_0db8 << 96 | 1, port: 1, family: 6)
        v6.destination = Party(number: 0x2001_0db8 << 96 | 2, port: 2, family: 6)
        v6.hasAddresses = true
        #expect(Self.read(Self.binary(0x21, 0x21, Self.endpointsV6)) == .header(v6))
        // A unix socket has no address that rules could ask for, and is not the proxy before us either.
        var unix = ProxyHeader(length: 232)
        unix.hasAddresses = true
        #expect(Self.read(Self.binary(0x21, 0x31, [UInt8](repeating: 1, count: 216))) == .header(unix))
        // LOCAL, UNSPEC and what is to come: the connection's own addresses.
        for (command, family) in [(0x20, 0x00), (0x20, 0x11), (0x21, 0x00), (0x21, 0x12), (0x21, 0xff)]
            as [(UInt8, UInt8)]
        {
            let additions: [UInt8] = family == 0 ? [4, 0, 1, 0] : [9, 9, 9, 9]
            #expect(Self.read(Self.binary(command, family, additions)) == .header(ProxyHeader(length: 20)))
        }
        let longest = [0x04, 0xff, 0xff - 15] + [UInt8](repeating: 0, count: 0xffff - 15)
        #expect(longest.count + Self.endpoints.count == 65535)
        #expect(ProxyHeader.longest == Self.binary(0x21, 0x11, Self.endpoints + longest).count)
        guard case .header(let header) = Self.read(Self.binary(0x21, 0x11, Self.endpoints + longest)) else {
            Issue.record("the longest header is refused")
            return
        }
        #expect(header.length == ProxyHeader.longest)
    }

    @Test(arguments: [
        binary(0x11, 0x11, endpoints), binary(0x22, 0x11, endpoints), binary(0x21, 0x11, Array(endpoints.dropLast())),
        binary(0x21, 0x21, endpoints), binary(0x21, 0x31, endpointsV6),
        // Additions that do not end with the header, or are longer than may be.
        binary(0x21, 0x11, endpoints + [4]), binary(0x21, 0x11, endpoints + [4, 0, 2, 0]),
        binary(0x21, 0x11, endpoints + [3, 0, 4, 1, 2, 3, 4]), binary(0x21, 0x11, endpoints + [3, 0, 1, 0]),
        binary(0x21, 0x11, endpoints + [5, 0, 129] + [UInt8](repeating: 0, count: 129)),
        binary(0x21, 0x11, endpoints + [2, 1, 0] + [UInt8](repeating: 0, count: 256)),
    ])
    func wrongBinaryHeadersAreRefused(bytes: [UInt8]) {
        #expect(Self.read(bytes) == .refused(.invalid))
    }

    /// What is written is read; a part of it is incomplete, and never anything else.
    @Test func whatIsWrittenIsRead() {
        var generator = SeededGenerator()
        print("seed \(generator.seed)")
        for _ in 0..<300 {
            func party() -> Party {
                let family: UInt8 = Bool.random(using: &generator) ? 4 : 6
                let number = UInt128.random(in: 0...(family == 4 ? 0xffff_ffff : .max), using: &generator)
                return Party(number: number, port: .random(in: 0...65535, using: &generator), family: family)
            }
            let (source, destination) = (party(), party())
            let options = ProxyHeaderOptions(
                version: .random(in: 1...2, using: &generator),
                checksum: .random(using: &generator),
                tls: .random(using: &generator),
                uniqueID: .random(using: &generator)
            )
            let id = (0..<Int.random(in: 0...200, using: &generator)).map { UInt8(truncatingIfNeeded: $0) }
            let bytes = Self.written(options, source, destination, id)
            #expect(bytes.count <= ProxyHeaderWriter.longest)
            guard case .header(let header) = Self.read(bytes + [7, 7]) else {
                Issue.record("seed \(generator.seed): \(bytes)")
                return
            }
            let isV4 = source.family == 4 && destination.family == 4
            func seen(_ party: Party) -> Party {
                isV4 ? party : Party(number: party.mapped, port: party.port, family: 6)
            }
            #expect(header.length == bytes.count)
            #expect(header.source == seen(source), "seed \(generator.seed)")
            #expect(header.destination == seen(destination), "seed \(generator.seed)")
            for count in 0..<bytes.count {
                guard case .incomplete(let wanted) = Self.read(Array(bytes[..<count])) else {
                    Issue.record("seed \(generator.seed): \(count) of \(bytes)")
                    return
                }
                #expect(wanted > count && wanted <= bytes.count, "seed \(generator.seed)")
            }
        }
    }

    private static func written(
        _ options: ProxyHeaderOptions,
        _ source: Party,
        _ destination: Party,
        _ id: [UInt8]
    ) -> [UInt8] {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: ProxyHeaderWriter.longest) { room in
            guard let base = room.baseAddress else { return [] }
            var writer = ProxyHeaderWriter(base)
            id.withUnsafeBufferPointer { writer.write(options, from: source, to: destination, uniqueID: $0) }
            return Array(room.prefix(writer.count))
        }
    }

    /// Health checks with `check-send-proxy` tell who they are.
    @Test func connectionsOfOurOwnSayWhoTheyAre() throws {
        let server = try TestServer.echo()
        let socket = try TestSocket.connect(port: server.port)
        let line = "PROXY TCP4 127.0.0.1 127.0.0.1 \(TestSocket.localPort(socket.raw)) \(server.port)\r\n"
        #expect(CheckHeader.bytes(ProxyHeaderOptions(version: 1), on: socket.raw) == Array(line.utf8))
        #expect(CheckHeader.bytes(ProxyHeaderOptions(version: 2), on: socket.raw) == Self.binary(0x20, 0, []))
    }

    /// Damaged and random bytes: no crash, never a header longer than what there is, and no verdict that more bytes of
    /// the same connection would have changed.
    @Test func anyBytesAreReadOneWay() {
        var generator = SeededGenerator()
        print("seed \(generator.seed)")
        let corpus =
            ["PROXY TCP4 1.2.3.4 255.255.255.255 1 65535\r\n", "PROXY TCP6 ::1 fe80::1 1 2\r\n", "PROXY UNKNOWN x\r\n"]
            .map { Array($0.utf8) }
            + [
                Self.binary(0x21, 0x11, Self.endpoints + [4, 0, 1, 0, 5, 0, 2, 1, 1]),
                Self.binary(0x21, 0x21, Self.endpointsV6 + [3, 0, 4, 0, 0, 0, 0]), Self.binary(0x20, 0, []),
            ]
        for _ in 0..<20000 {
            var bytes = corpus[Int.random(in: corpus.indices, using: &generator)]
            for _ in 0..<Int.random(in: 0...3, using: &generator) where !bytes.isEmpty {
                let place = Int.random(in: bytes.indices, using: &generator)
                switch Int.random(in: 0...3, using: &generator) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
                case 1: bytes.remove(at: place)
                case 2: bytes.insert(UInt8.random(in: 0...255, using: &generator), at: place)
                default: bytes.removeSubrange(place...)
                }
            }
            let whole = Self.read(bytes)
            if case .header(let header) = whole { #expect(header.length <= bytes.count, "seed \(generator.seed)") }
            let part = Self.read(Array(bytes.prefix(Int.random(in: 0...bytes.count, using: &generator))))
            if case .incomplete(let wanted) = part {
                #expect(wanted <= ProxyHeader.longest, "seed \(generator.seed)")
            } else {
                #expect(part == whole, "seed \(generator.seed): \(bytes)")
            }
        }
    }
}
