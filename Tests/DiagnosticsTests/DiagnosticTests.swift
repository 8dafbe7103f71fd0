import Diagnostics
import Testing

@Suite struct DiagnosticTests {
    @Test func showsTheLineAndACaret() {
        let source = SourceText("# a comment\n\tgateway 10.0.0.1\n", file: "route-tables.cfg")
        let diagnostic = source.diagnostic(
            at: SourcePosition(line: 2, column: 10),
            "gateway 10.0.0.1 is not inside 10.1.0.0/24",
            remedy: "give a gateway of that network"
        )
        #expect(
            diagnostic.rendered == """
                route-tables.cfg:2:10: error: gateway 10.0.0.1 is not inside 10.1.0.0/24
                    \tgateway 10.0.0.1
                    \t        ^
                    remedy: give a gateway of that network
                """
        )
    }

    /// What stands in a file must not clear the reader's screen.
    @Test func showsNoControlCharacters() {
        let line = "\u{1B}[2J\tgate\u{9B}way\r"
        let source = SourceText(line, file: "f")
        let shown = source.diagnostic(at: SourcePosition(line: 1, column: 1), line, remedy: line).rendered
        let middle = "\u{FFFD}[2J\tgate\u{FFFD}way"
        #expect(
            shown == "f:1:1: error: \(middle)\u{FFFD}\n    \(middle)\n    ^\n    remedy: \(middle)\u{FFFD}"
        )
    }

    @Test func passesOverAByteOrderMark() {
        #expect(SourceText("\u{FEFF}# a\r\nb", file: "f").lines == ["# a\r", "b"])
        #expect(SourceText("\u{FEFF}", file: "f").lines == [""])
    }

    @Test func splitsLinesOfEitherEnding() {
        #expect(SourceText("a\r\nb\n\nc", file: "f").lines == ["a\r", "b", "", "c"])
        #expect(SourceText("", file: "f").lines == [""])
    }
}
