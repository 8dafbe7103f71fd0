import Addresses
import Testing

@testable import Netlink

/// What the kernel may answer, in its own bytes; sequence 7, port 9.
@Suite struct AnswerTests {
    private func read(_ lines: String...) throws -> [NetlinkAnswer] {
        let digits = Array(lines.joined().filter { $0 != " " })
        let bytes = stride(from: 0, to: digits.count, by: 2).compactMap {
            UInt8(String(digits[$0..<min($0 + 2, digits.count)]), radix: 16)
        }
        return try NetlinkAnswer.read(bytes[...], to: .listRules(.v4), sequence: 7, port: 9)
    }

    @Test func acknowledges() throws {
        let answers = try read(
            "24000000 0200 0001 07000000 09000000",  // NLMSG_ERROR, capped
            "00000000",  // no error
            "1c000000 2200 0103 07000000 09000000"  // our header
        )
        #expect(answers.count == 1 && answers[0].isEnd)
    }

    @Test func dropsAnswersToOthers() throws {
        #expect(try read("14000000 0300 0200 08000000 09000000", "00000000").isEmpty)
        #expect(try read("14000000 0300 0200 07000000 0a000000", "00000000").isEmpty)
        #expect(try read("14000000 0200 0000 08000000 09000000", "ffffffff").isEmpty)
    }

    @Test func noticesAnInterruptedList() throws {
        let answers = try read(
            "1c000000 2000 1200 07000000 09000000",  // RTM_NEWRULE, MULTI|DUMP_INTR
            "02 00 00 00 ff 00 00 01 00000000",
            "14000000 0300 0200 07000000 09000000",  // NLMSG_DONE
            "00000000"
        )
        #expect(answers.map { $0.isInterrupted } == [true, false])
        #expect(answers.map { $0.isEnd } == [false, true])
    }

    @Test func takesTheKernelsWords() {
        let error = #expect(throws: NetlinkError.self) {
            try read(
                "30000000 0200 0003 07000000 09000000",  // NLMSG_ERROR, capped, with attributes
                "eaffffff",  // -EINVAL
                "1c000000 2200 0103 07000000 09000000",
                "0900 0100 4e6f706500 000000"  // NLMSGERR_ATTR_MSG
            )
        }
        #expect(error?.description == "EINVAL listing rules: Nope")
    }

    @Test func aBrokenDatagramEndsEarly() throws {
        #expect(try read("ffffff00 0300 0200 07000000 09000000", "00000000").isEmpty)
        #expect(try read("08000000 0300 0200 07000000 09000000", "00000000").isEmpty)
        #expect(try read("1400").isEmpty)
        // An error number that cannot be one is no error.
        #expect(try read("14000000 0200 0000 07000000 09000000", "00000080").count == 1)
    }
}
