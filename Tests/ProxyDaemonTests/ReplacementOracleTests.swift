import Glibc
import Syscalls
import TestSupport
import Testing

/// `regsub` and `map_regm`, against the real HAProxy: what regular expressions put into texts.
@Suite(.blocking) struct ReplacementOracleTests {
    /// What is said, an expression and its replacement, and flags.
    private static let cases: [(text: String, words: [String])] = [
        ("abcabc", ["b", "X"]), ("abcabc", ["b", "X", "g"]), ("aBcabc", ["b", "X", "i"]), ("aBcabc", ["b", "X", "gi"]),
        ("aBcabc", ["b", "X", "ig"]), ("abc", ["x", "Y", "g"]), ("", ["x*", "-", "g"]), ("", ["^$", "empty"]),
        ("abc", ["x*", "-", "g"]), ("abc", ["x*", "-"]), ("aaa", ["a*", "-", "g"]), ("baac", ["a*", "-", "g"]),
        ("abc", ["$", "!"]), ("abc", ["$", "!", "g"]), ("abc", ["^", "!", "g"]), ("aaa", ["^a", "b", "g"]),
        ("www.example.com", ["([^.]*)[.]([^.]*)[.](.*)", "\\3/\\2/\\1"]), ("www.example.com", ["[.]", "-", "g"]),
        ("john smith", ["(\\w+) (\\w+)", "\\2 \\1"]), ("one two three", ["(\\w)(\\w*)", "\\2\\1ay", "g"]),
        ("abc", ["(b)", "[\\0\\1\\2\\9]"]), ("abc", ["(x)?b", "[\\1]"]), ("foobar", ["foo|foobar", "x"]),
        ("foobar", ["foobar|foo", "x"]), ("foobar", ["(foo|foob)(ar|r|bar)", "\\1:\\2"]), ("aaaa", ["a{2}", "x", "g"]),
        ("aaaa", ["a{2,3}?", "x", "g"]), ("<a><b>", ["<.*>", "x"]), ("<a><b>", ["<.*?>", "x", "g"]),
        ("<a><b>", ["<.+?>", "(\\0)", "g"]),
        ("aXbX", ["(.*)X", "\\1-"]), ("aXbX", ["(.*?)X", "\\1-"]), ("abab", ["(a|b)*", "\\1"]),
        ("abab", ["((a)|(b))+", "\\1,\\2,\\3"]),
        ("abc", ["(?:a)(b)(c)", "\\1\\2"]), ("abc", ["(?<x>a)(b)", "\\2\\1"]), ("AbC", ["(?i)abc", "x"]),
        ("a.b", ["\\.", "\\\\"]),
        ("abc", ["b", "\\x41\\x2e"]), ("abc", ["b", "\\n\\q"]), ("word-word", ["\\bword\\b", "X", "g"]),
        ("a1b22c333", ["[0-9]+", "#", "g"]),
        ("a1b22c333", ["\\d", "", "g"]), ("a  b   c", ["[[:space:]]+", " ", "g"]), ("/a//b///c", ["(/)+", "/", "g"]),
        ("abcdefghijk", ["(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)(k)", "\\9\\8\\7\\6\\5\\4\\3\\2\\1"]),
        ("x=1&y=2", ["(\\w)=(\\d)", "\\2=\\1", "g"]),
        ("aaa", ["(a)(a)?", "<\\2\\1>", "g"]), ("abcd", ["(a(b)?)+(c)?", "\\1|\\2|\\3"]),
        ("tel: 12-34", ["^.*?(\\d+)-(\\d+)$", "\\1\\2"]),
        ("abac", ["a(?:b|c)", "-", "g"]), ("aab", ["(a+)(a*)b", "\\1.\\2"]), ("aab", ["(a+?)(a*)b", "\\1.\\2"]),
        ("abcabc", ["(abc){2}", "\\1"]), ("xay", ["x(a|ab)(y|by)", "\\1,\\2"]), ("foo.bar", ["^([^.]+)[.].*$", "\\1"]),
    ]

    private static let keys = """
        ^(.*)\\.example\\.com$ host-\\1
        ^/a/([0-9]+)/(.*)$ /b/\\2?n=\\1
        ([a-z])([0-9])([a-z])? \\3\\2\\1-\\0
        ^plain$ text
        ^esc(.)$ \\x41\\\\\\1\\q

        """

    private static let asked = [
        "www.example.com", "a.b.example.com", "/a/12/rest/of", "/a/x", "q1z", "q1", "--q1z--", "plain", "esc!", "none",
        "",
    ]

    /// Quoted for the argument of a converter within a word in single quotes.
    private static func quoted(_ text: String) -> String { "\"" + text.replacing("\\", with: "\\\\") + "\"" }

    @Test func whatMatchesIsReplacedAsHAProxyDoesIt() throws {
        try withDaemonRoom { directory in
            let map = try FileDescriptor.open("\(directory)/keys.map", O_WRONLY | O_CREAT | O_TRUNC, mode: 0o600)
            try map.writeAll(Array(Self.keys.utf8))
            let samples =
                Self.cases.map {
                    "str(\(Self.quoted($0.text))),regsub(\($0.words.map(Self.quoted).joined(separator: ",")))"
                }
                + Self.asked.map { "str(\(Self.quoted($0))),map_regm(\(directory)/keys.map,nothing)" }
                + Self.asked.map { "str(\(Self.quoted($0))),map_regm(\(directory)/keys.map),upper" }
            let server = try TestServer.named("hello")
            let results = try Background.ofBoth(in: directory) { start -> [Substring] in
                let receiver = try LogReceiver()
                let rules = samples.enumerated().map { "  tcp-request session set-var(sess.v\($0)) '\($1)'" }
                let format = samples.indices.map { "%[var(sess.v\($0))]" }.joined(separator: "~")
                let program = try start(
                    """
                    \(receiver.head(length: 60000))
                    listen l
                      bind 127.0.0.1:80
                    \(rules.joined(separator: "\n"))
                      log-format "\(format)"
                      server s1 127.0.0.1:\(server.port)

                    """
                )
                try #require(try eventually { try Oracle.listens("127.0.0.1:80") }, "\(program.errors)")
                do {
                    let socket = try TestSocket.connect(port: 80)
                    try socket.send("?")
                    _ = try socket.receiveAll()
                }
                let isTold = eventually { receiver.received().count == 1 }
                try #require(isTold, "\(program.errors)")
                return receiver.received()[0].split(separator: "~", omittingEmptySubsequences: false)
            }
            #expect(results.ours.count == samples.count)
            #expect(results.theirs.count == samples.count)
            for (sample, (ours, theirs)) in zip(samples, zip(results.ours, results.theirs)) {
                #expect(ours == theirs, "\(sample)")
            }
        }
    }
}
