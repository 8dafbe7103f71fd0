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

    @Test func splitsLinesOfEitherEnding() {
        #expect(SourceText("a\r\nb\n\nc", file: "f").lines == ["a\r", "b", "", "c"])
        #expect(SourceText("", file: "f").lines == [""])
    }
}
