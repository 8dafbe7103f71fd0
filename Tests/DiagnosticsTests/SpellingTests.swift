import Diagnostics
import Testing

@Suite struct SpellingTests {
    @Test(arguments: [
        ("blance", "balance"), ("serverr", "server"), ("servre", "server"), ("xyz", nil), ("", nil),
        (String(repeating: "a", count: 100), nil),
    ])
    func findsTheNearest(_ word: String, _ expected: String?) {
        #expect(Spelling.nearest(word, in: ["balance", "server", "bind"]) == expected)
    }
}
