import Testing

@testable import ProxyConfig

/// No keyword is without a line in `Tests/Fixtures/haproxy/keywords`.
@Suite struct KeywordCoverageTests {
    /// Keywords that want what a machine under test does not have, such as a certificate: they are only refused there.
    private static let onlyRefused: Set<String> = [
        "errorfile", "external-check", "h1-case-adjust-file", "lua-load", "lua-load-per-thread", "ssl-dh-param-file",
        "ssl-propquery", "ssl-provider", "ssl-provider-path", "tune.chksize", "tune.fd.edge-triggered", "crl-file",
        "crt",
        "crt-list", "namespace", "tls-ticket-keys",
    ]

    @Test func everyKeywordHasALineThatIsAccepted() throws {
        let cases = try Fixture.keywordFiles.flatMap { try KeywordCase.cases(of: $0) }
        let accepted = Self.words(of: cases.filter { $0.verdict == .accepted })
        let all = Self.words(of: cases)
        let keywords =
            Set(ProxyKeyword.names).union(ProxyOption.names).union(GlobalKeywords.all).union(LineOptions.bind.words)
            .union(LineOptions.server.words)
        #expect(keywords.subtracting(all).isEmpty)
        #expect(keywords.subtracting(accepted).subtracting(Self.onlyRefused).isEmpty)
    }

    private static func words(of cases: [KeywordCase]) -> Set<String> {
        var words: Set<String> = []
        for single in cases {
            words.formUnion(single.text.split { $0 == " " || $0 == "\n" }.map { String($0) })
        }
        return words
    }
}
