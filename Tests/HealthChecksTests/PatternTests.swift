import TestSupport
import Testing

@testable import HealthChecks

struct PatternTests {
    @Test(arguments: [
        ("^a.c$", "abc", true), ("^a.c$", "a\nc", false), ("^a.c$", "abc\n", true), ("b", "abc", true),
        ("^b", "abc", false), ("(2..|3..)", "HTTP/1.0 200", true), ("[45][0-9]{2}", "404", true),
        ("[45][0-9]{2}", "304", false), ("a{2,3}b", "aab", true), ("^a{2,3}b", "ab", false), ("x?y+z*", "yy", true),
        ("\\d+\\.\\d+", "v1.22", true), ("(?i)hello", "HeLLo", true), ("h(?:el)+o", "helelo", true),
        ("[^a-c]", "abc", false), ("[]x]", "]", true), ("a|b|", "", true), ("\\bok\\b", "not ok.", true),
        ("\\bok\\b", "token", false), ("[[:digit:]]+x", "12x", true), ("\\x41\\r\\n", "A\r\n", true),
        ("a{,2}", "a{,2}", true), ("(a*)*b", "aaaac", false), ("^(a|aa)+$", "aaaa", true), ("\\.", "x", false),
        ("role:(master|primary)", "info\r\nrole:master\r\n", true), ("^$", "", true), ("a+?b", "aab", true),
    ]) func matchesAsPCRE(pattern: String, text: String, expected: Bool) throws {
        #expect(try Pattern(pattern).matches(Array(text.utf8)) == expected)
    }

    @Test(arguments: ["(", ")", "[a", "*a", "a{3,2}", "\\", "[z-a]", "(?<x", "[[:nothing:]]", "x{1000}{1000}"])
    func refusesWhatIsWrong(pattern: String) {
        #expect(throws: Pattern.Problem.self) { try Pattern(pattern) }
    }

    @Test(arguments: ["(?=a)b", "(a)\\1", "(?!a)", "a++b"]) func knowsWhatIsBeyondIt(pattern: String) {
        let problem = #expect(throws: Pattern.Problem.self) { try Pattern(pattern) }
        #expect(problem?.isBeyond == true)
    }

    /// An expression that takes a backtracking matcher for ever.
    @Test func takesTimeByLengthOnly() throws {
        let pattern = try Pattern("^(a+)+$")
        #expect(!pattern.matches([UInt8](repeating: UInt8(ascii: "a"), count: 10000) + [UInt8(ascii: "b")]))
    }

    @Test func noTextStopsTheReader() {
        let seed = UInt64.random(in: 0 ... .max)
        print("seed \(seed)")
        var generator = SeededGenerator(state: seed)
        let alphabet = Array("ab(){}[]^$.*+?|\\-,:=!<>12dwsx".utf8)
        for _ in 0..<3000 {
            let count = Int.random(in: 0...14, using: &generator)
            let bytes = (0..<count).map { _ in alphabet.randomElement(using: &generator) ?? 0 }
            _ = try? Pattern(String(decoding: bytes, as: UTF8.self)).matches(Array("abba12".utf8))
        }
    }
}
