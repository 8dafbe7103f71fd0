import Addresses
import Testing

@testable import Doctor

@Suite struct DNSQueryTests {
    @Test func asksForAName() {
        let query = DNSQuery("time.example", .a, id: 0x1234)
        let expected: [UInt8] =
            [0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0] + [4] + Array("time".utf8) + [7] + Array("example".utf8) + [0]
            + [0, 1, 0, 1]
        #expect(query.bytes == expected)
        #expect(!query.isAnswered(by: expected))
        #expect(query.isAnswered(by: [0x12, 0x34, 0x81, 0x80] + expected.dropFirst(4)))
        #expect(!query.isAnswered(by: [0x12, 0x35, 0x81, 0x80] + expected.dropFirst(4)))
    }

    /// A CNAME, then an address and one of IPv6; names as pointers.
    private static let answer: [UInt8] =
        [0x12, 0x34, 0x81, 0x80, 0, 1, 0, 3, 0, 0, 0, 0] + [1, 97, 0, 0, 1, 0, 1]
        + [0xC0, 12, 0, 5, 0, 1, 0, 0, 0, 9, 0, 3, 1, 98, 0] + [0xC0, 26, 0, 1, 0, 1, 0, 0, 0, 9, 0, 4, 10, 13, 10, 1]
        + [0xC0, 26, 0, 28, 0, 1, 0, 0, 0, 9, 0, 16, 0xFD] + [UInt8](repeating: 0, count: 14) + [1]

    @Test func readsAddresses() {
        #expect(DNSQuery.addresses(Self.answer).map { "\($0)" } == ["10.13.10.1", "fd00::1"])
        #expect(DNSQuery.result(Self.answer) == "NOERROR")
    }

    @Test func endsWhereTheBytesEnd() {
        for count in 12..<Self.answer.count { #expect(DNSQuery.addresses(Array(Self.answer.prefix(count))).count < 2) }
    }
}
