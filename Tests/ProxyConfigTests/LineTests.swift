import Testing

@testable import ProxyConfig

@Suite struct LineTests {
    @Test(arguments: [
        ("  mode tcp", ["mode", "tcp"]),
        ("\tlog \"a b\" 'c d' e\\ f", ["log", "a b", "c d", "e f"]),
        ("a\"b c\"d'e f'", ["ab cde f"]),
        ("a \"\" b", ["a", "", "b"]),
        ("a#comment", ["a"]),
        ("a \\# '#' \"#\" # b", ["a", "#", "#", "#"]),
        ("a \\x41\\n\\r\\t\\\\ \\1", ["a", "A\n\r\t\\", "\\1"]),
        ("'a\\b' \"it's\" '\"'", ["a\\b", "it's", "\""]),
        ("$5$x \"${A}\" '$A'", ["$5$x", "${A}", "$A"]),
        ("a \\", ["a", "\\"]),
        ("a\r b", ["a"]),
        ("a \"unmatched", []),
        ("a \\x4", []),
    ])
    func splitsAsHAProxyDoes(_ raw: String, _ words: [String]) {
        #expect(Line(raw: raw).words == words)
        if let first = words.first { #expect(Line(raw: raw).keyword == first) }
    }

    @Test(arguments: ["", "  \t", "# mode", " #mode", "\rmode"]) func aLineWithoutWordsHasNoKeyword(raw: String) {
        #expect(Line(raw: raw).keyword.isEmpty)
    }

    @Test func expandsTheEnvironmentInsideDoubleQuotes() {
        let environment = ["A": "1 2", "E": ""]
        func words(_ text: String) -> [String] {
            Lexer(Line(raw: text), variables: Variables { environment[$0] }).words
        }
        #expect(words("\"$A\" \"${A}x\" '$A' $A") == ["1 2", "1 2x", "$A", "$A"])
        #expect(words("\"${B-two}\" \"${A-two}\" \"\\$A\"") == ["two", "1 2", "$A"])
        #expect(words("\"${A[*]}\" x") == ["1", "2", "x"])
        #expect(Lexer(Line(raw: "\"${A"), variables: Variables { _ in nil }).problem?.kind == .unmatchedBrace)
        #expect(Lexer(Line(raw: "\"$1\""), variables: Variables { _ in nil }).problem?.kind == .invalidVariableName)
    }

    @Test func quotesNewWords() {
        #expect(
            Line(["server", "a b", "", "c\"d", "e#f", "$5$x", "it's"]).raw
                == "  server \"a b\" \"\" \"c\\\"d\" \"e#f\" $5$x \"it's\""
        )
        #expect(Line(["a", "b\nc"]).raw == "  a \"b\\nc\"")
        #expect(Line(["a"], indentation: "", comment: "why").raw == "a # why")
    }

    @Test func everyWordSurvivesQuoting() {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("quoting seed \(seed)")
        var random = RandomConfiguration(seed: seed)
        for _ in 0..<2000 {
            let words = ["k", random.word(), random.word()]
            #expect(Line(words).words == words, "seed \(seed)")
            #expect(Lexer(Line(words), variables: Variables { _ in "set" }).words == words, "seed \(seed)")
        }
    }

    @Test func newWordsKeepWhatDoesNotChange() {
        var line = Line(raw: "\tserver  s1 \"${ADDR}\":80 check   # mine")
        line.words[3] = "no-check"
        #expect(line.raw == "\tserver s1 \"${ADDR}\":80 no-check   # mine")
        line.comment = "yours"
        #expect(line.raw == "\tserver s1 \"${ADDR}\":80 no-check   # yours")
        line.comment = nil
        #expect(line.raw == "\tserver s1 \"${ADDR}\":80 no-check")
        line.comment = "x"
        #expect(line.raw == "\tserver s1 \"${ADDR}\":80 no-check # x")
    }

    /// Eight bytes are looked at together; wherever a special one stands among them, it is found.
    @Test func everySpecialByteEndsAPlainWord() {
        for byte in UInt8.min...UInt8.max {
            for place in 0..<20 {
                var bytes = [UInt8](repeating: UInt8(ascii: "a"), count: 20)
                bytes[place] = byte
                let end = bytes.withUnsafeBufferPointer { Lexer.plainEnd($0, from: 0) }
                #expect(end == (Lexer.isSpecial(byte) ? place : 20), "byte \(byte) at \(place)")
            }
        }
    }
}
