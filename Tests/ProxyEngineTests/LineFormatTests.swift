@testable import ProxyEngine
import Testing

struct LineFormatTests {
    private typealias Part = LineFormat.Part

    /// Spaces are merged, and left out at the start; flags behind `o` hold for all that follow.
    @Test func aFormatIsReadAsHAProxyReadsIt() throws {
        let format = try #require(LineFormat("  %{+Q}o a%%b   %{-Q}ci:%cp %{+E}b%{+X,-Q}o %ts "))
        let expected: [Part] = [
            .text("a%b "), .variable(.clientAddress, []), .text(":"), .variable(.clientPort, .quoted), .text(" "),
            .variable(.backend, [.quoted, .escaped]), .text(" "), .variable(.termination, .hexadecimal), .text(" "),
        ]
        #expect(format.parts == expected)
        #expect(format.needsEnd)
        let early = try #require(LineFormat("%ci %t %f %b/%s %si"))
        #expect(!early.needsEnd)
    }

    @Test(arguments: ["%[src]", "%{+Z}ci", "%{Q}ci", "%nothing", "%", "% ", "%r"])
    func whatIsNotKnownHasNoFormat(_ text: String) { #expect(LineFormat(text) == nil) }

    @Test func everyVariableHasItsName() {
        for variable in LineFormat.Variable.allCases {
            #expect(LineFormat("%\(variable.rawValue)")?.parts == [.variable(variable, [])])
        }
    }
}
