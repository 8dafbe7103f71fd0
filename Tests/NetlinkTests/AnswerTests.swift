import Addresses
import Testing

@testable import Netlink

/// What the kernel may answer, in its own bytes; sequence 7, port 9.
@Suite struct AnswerTests {
    private func read(_ lines: String..., count: Int = 1) -> [NetlinkAnswer] {
        let digits = Array(lines.joined().filter { $0 != " " })
        let bytes = stride(from: 0, to: digits.count, by: 2).compactMap {
            UInt8(String(digits[$0..<min($0 + 2, digits.count)]), radix: 16)
        }
        var answers: [NetlinkAnswer] = []
        NetlinkAnswer.read(bytes[...], sequence: 7, count: count, port: 9) { answers.append($0) }
        return answers
    }

    @Test func acknowledges() {
        let answers = read(
            "24000000 0200 0001 07000000 09000000",  // NLMSG_ERROR, capped
            "00000000",  // no error
            "1c000000 2200 0103 07000000 09000000"  // our header
        )
        #expect(answers.count == 1 && answers[0].isEnd)
    }

    @Test func dropsAnswersToOthers() {
        #expect(read("14000000 0300 0200 08000000 09000000", "00000000").isEmpty)
        #expect(read("14000000 0300 0200 07000000 0a000000", "00000000").isEmpty)
        #expect(read("14000000 0200 0000 08000000 09000000", "ffffffff").isEmpty)
    }

    @Test func noticesAnInterruptedList() {
        let answers = read(
            "1c000000 2000 1200 07000000 09000000",  // RTM_NEWRULE, MULTI|DUMP_INTR
            "02 00 00 00 ff 00 00 01 00000000",
            "14000000 0300 0200 07000000 09000000",  // NLMSG_DONE
            "00000000"
        )
        #expect(answers.map { $0.isInterrupted } == [true, false])
        #expect(answers.map { $0.isEnd } == [false, true])
    }

    @Test func takesTheKernelsWords() {
        let answers = read(
            "30000000 0200 0003 07000000 09000000",  // NLMSG_ERROR, capped, with attributes
            "eaffffff",  // -EINVAL
            "1c000000 2200 0103 07000000 09000000",
            "0900 0100 4e6f706500 000000"  // NLMSGERR_ATTR_MSG
        )
        let error = answers.first?.refusal.map { NetlinkRequest.listRules(.v4).error($0) }
        #expect(error?.description == "EINVAL listing rules: Nope")
    }

    @Test func tellsTheRequestsOfABatchApart() {
        let answers = read(
            "14000000 0200 0000 08000000 09000000 efffffff",  // -EEXIST for request 8
            "14000000 0200 0000 0a000000 09000000 00000000",  // request 10, which nobody sent
            "14000000 0200 0000 09000000 09000000 00000000",  // request 9 is done
            count: 3
        )
        #expect(answers.map { $0.sequence } == [8, 9])
        #expect(answers.map { $0.refusal?.code } == [17, nil])
    }

    @Test func aBrokenDatagramEndsEarly() {
        #expect(read("ffffff00 0300 0200 07000000 09000000", "00000000").isEmpty)
        #expect(read("08000000 0300 0200 07000000 09000000", "00000000").isEmpty)
        #expect(read("1400").isEmpty)
        // An error number that cannot be one is no error.
        #expect(read("14000000 0200 0000 07000000 09000000", "00000080").count == 1)
    }
}
