import Diagnostics
import Testing

@Suite struct TextTests {
    @Test(arguments: [
        (0, "1970-01-01 00:00:00", "19700101T000000Z"), (1_795_264_835, "2026-11-21 12:40:35", "20261121T124035Z"),
        (-1, "1969-12-31 23:59:59", "19691231T235959Z"),
    ]) func timesForPeople(_ seconds: Int64, _ text: String, _ compact: String) {
        let time = UTCTime(seconds)
        #expect("\(time)" == text)
        #expect(time.compact == compact)
        #expect(time.rfc3339 == text.split(separator: " ").joined(separator: "T") + "Z")
    }

    @Test func stringsOfJSON() {
        #expect(JSONString.quoted("a\"b\\c\n\t\u{1}\u{e4}") == #""a\"b\\c\n\t\u0001ä""#)
        #expect(JSONString.quoted("") == "\"\"")
    }
}
