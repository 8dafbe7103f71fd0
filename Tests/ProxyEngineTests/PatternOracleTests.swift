import Glibc
@testable import ProxyEngine
import Patterns
import TestSupport
import Testing

/// The same files, conditions and commands at the real HAProxy and at ours.
@Suite(.blocking) struct PatternOracleTests {
    /// A configuration of one section at both.
    private final class Both {
        let path: String
        let theirs: HAProxyProcess
        let book = PatternBook()
        var arena = Arena()
        private var uses: [PatternUse] = []
        private var answers: PatternAnswers { PatternAnswers(list: list, book: book) }
        private let list: PatternList

        /// What a line of the section is to us: in the order of the line.
        enum Part {
            case map(MapLookup)
            case test(PatternTest)
        }

        init(in path: String, _ files: [String: String], _ lines: (String) -> [(String, [Part])]) throws {
            self.path = path
            for (name, text) in files { try Self.write(text, "\(path)/\(name)") }
            let lines = lines(path)
            let head = "global\n  \(HAProxyProcess.statsLine(in: path))\nlisten f\n  mode tcp\n  bind unix@\(path)/f\n"
            try Self.write(head + lines.map { "  \($0.0)\n" }.joined(), "\(path)/haproxy.cfg")
            theirs = try HAProxyProcess(in: path)
            try book.take(
                files.map { .fresh(PatternFile("\(path)/\($0)", hasValues: true, bytes: Array($1.utf8))) }
            )
            var places: [PatternList.Place] = []
            for (index, line) in lines.enumerated() {
                let known = uses.count
                for part in line.1 {
                    switch part {
                    case .map(let lookup): _ = book.compile(lookup, &arena, &uses)
                    case .test(let test): _ = book.compile(test, &arena, &uses)
                    }
                }
                places += uses[known...].map { ($0, "\(path)/haproxy.cfg", index + 6) }
            }
            list = PatternList(places)
        }

        deinit { arena.free() }

        private static func write(_ text: String, _ path: String) throws {
            let file = try #require(fopen(path, "w"))
            fputs(text, file)
            fclose(file)
        }

        /// Their answer and ours to a command, with numbers of entries masked.
        func ask(_ command: String) throws -> (theirs: String, ours: String) {
            let parts = command.split(separator: " <<\n", maxSplits: 1).map { String($0) }
            let words = parts[0].split(separator: " ").map { String($0) }
            let ours = try #require(PatternCommand(words, payload: parts.count > 1 ? String(parts[1].dropLast()) : nil))
            let socket = try TestSocket.connect(unix: theirs.statsSocket)
            try socket.send(command + "\n")
            socket.shutdownWrite()
            return (Self.masked(try socket.receiveAll()), Self.masked(answers.answer(ours) + "\n"))
        }

        private static func masked(_ text: String) -> String {
            text.split(separator: "\n", omittingEmptySubsequences: false).filter { !$0.contains("'httpclient'") }.map {
                line in
                line.hasPrefix("0x") ? "0x" + line.drop { $0 != " " } : String(line)
            }.joined(separator: "\n")
        }
    }

    /// `-M -f`
    private static func withValues(_ path: String, ignoresCase: Bool = false) -> PatternSource {
        var source = PatternSource(.file(path), ignoresCase: ignoresCase)
        source.hasValues = true
        return source
    }

    private static let methods: [MatchMethod] = [.str, .beg, .sub, .dir, .dom, .end]

    private static func text(_ generator: inout SeededGenerator, most: Int) -> String {
        let letters: [Character] = ["a", "b", "A", "B", ".", "/", "?", ":"]
        return String((0..<Int.random(in: 1...most, using: &generator)).map { _ in letters.randomElement() ?? "a" })
    }

    @Test func textsAreFoundAsHAProxyFindsThem() throws {
        try withTemporaryDirectory { directory in
            var generator = SeededGenerator()
            let keys = (0..<120).map { _ in Self.text(&generator, most: 6) }
            let file = keys.enumerated().map { "\($1) value \($0)\n" }.joined()
            let both = try Both(in: directory, ["texts.map": file]) { path in
                let path = "\(path)/texts.map"
                return Self.methods.map { method in
                    (
                        "acl a str(x),map_\(method)(\(path)) -m found",
                        [.map(MapLookup(method, .string, PatternSource(.file(path))))]
                    )
                }
                    + Self.methods.map { method in
                        (
                            "acl a str(x) -M -i -m \(method) -f \(path)",
                            [.test(PatternTest(method, [Self.withValues(path, ignoresCase: true)]))]
                        )
                    }
            }
            for _ in 0..<400 {
                let (theirs, ours) = try both.ask("get map \(both.path)/texts.map \(Self.text(&generator, most: 9))")
                #expect(ours == theirs, "seed \(generator.seed)")
                try #require(ours == theirs)
            }
        }
    }

    @Test func numbersAndAddressesAreFoundAsHAProxyFindsThem() throws {
        try withTemporaryDirectory { directory in
            let networks = [
                "10.0.0.0/8", "10.1.0.0/16", "10.1.0.0/16", "10.1.2.3", "192.168.0.0/255.255.0.0",
                "1.0.0.2/255.0.0.255",
                "2001:db8::/32", "2001:db8:1::/48", "::ffff:172.16.0.0/108", "0.0.0.0/1",
            ]
            let numbers = ["5", "1:9", "-4", "100:", "50-60", "55", "0:0", "20:30", "25:28", "26"]
            func map(_ keys: [String]) -> String { keys.enumerated().map { "\($1) \($0)\n" }.joined() }
            let files = ["ip.map": map(networks), "int.map": map(numbers)]
            let both = try Both(in: directory, files) { path in
                [
                    (
                        "acl a src,map_ip(\(path)/ip.map) -m found",
                        [.map(MapLookup(.ip, .string, PatternSource(.file("\(path)/ip.map"))))]
                    ),
                    (
                        "acl a src,map_ip_int(\(path)/ip.map) -m found",
                        [.map(MapLookup(.ip, .integer, PatternSource(.file("\(path)/ip.map"))))]
                    ),
                    (
                        "acl a dst_port,map_int(\(path)/int.map) -m found",
                        [.map(MapLookup(.int, .string, PatternSource(.file("\(path)/int.map"))))]
                    ),
                    (
                        "acl a str(x) -m len -M -f \(path)/int.map",
                        [.test(PatternTest(.len, [Self.withValues("\(path)/int.map")]))]
                    ),
                    (
                        "acl a always_true -m bool -M -f \(path)/int.map",
                        [.test(PatternTest(.bool, [Self.withValues("\(path)/int.map")]))]
                    ),
                ]
            }
            for text in [
                "10.0.0.1", "10.1.2.3", "10.1.2.4", "192.168.9.9", "1.2.3.2", "1.2.3.3", "200.0.0.1", "2001:db8::1",
                "2001:db8:1::1", "2001:db9::1", "172.16.5.5", "::ffff:172.16.5.5", "::ffff:10.1.2.3", "::10.1.2.3",
                "2002:a01:203::", "::1", "::", "0.0.0.5", "7.0.0.1", "x", "10.1", "300.1.1.1", "::ffff:1.9.9.2",
            ] {
                let (theirs, ours) = try both.ask("get map \(both.path)/ip.map \(text)")
                #expect(ours == theirs, "\(text)")
            }
            for text in [
                "5", "4", "0", "9", "10", "99", "100", "55", "54", "26", "27", "29", "x", "-1", "+5", "12ab", "1e9",
            ] {
                let (theirs, ours) = try both.ask("get map \(both.path)/int.map \(text)")
                #expect(ours == theirs, "\(text)")
            }
        }
    }

    @Test func expressionsMatchAsHAProxysDo() throws {
        try withTemporaryDirectory { directory in
            let expressions = [
                "^a", "b$", "a.c", "[0-9]+x", "(foo|bar)baz", "^$", "x{2,3}y", "\\.com$", "\\bw\\b", "Ab",
            ]
            let file = expressions.enumerated().map { "\($1) \($0)\n" }.joined()
            let both = try Both(in: directory, ["e.map": file]) { path in
                [
                    (
                        "acl a str(x),map_reg(\(path)/e.map) -m found",
                        [.map(MapLookup(.reg, .string, PatternSource(.file("\(path)/e.map"))))]
                    ),
                    (
                        "acl a str(x) -i -m reg -M -f \(path)/e.map",
                        [.test(PatternTest(.reg, [Self.withValues("\(path)/e.map", ignoresCase: true)]))]
                    ),
                ]
            }
            for text in [
                "abc", "cab", "zaxc", "12x", "x12", "foobaz", "FOOBAZ", "xxy", "xy", "xxxxy", "www.example.com",
                "a-w-a", "aw", "cAb",
                "cab.", "q", "zABz",
            ] {
                let (theirs, ours) = try both.ask("get map \(both.path)/e.map \(text)")
                #expect(ours == theirs, "\(text)")
            }
        }
    }

    private static func commands(in directory: String) throws -> Both {
        let texts = "# of old\na.example 1\n  b.example   2 \n\nc.example\n"
        let files = ["t.map": texts, "n.map": "80 web\n443 tls\n"]
        return try Both(in: directory, files) { path in
            let (texts, numbers) = ("\(path)/t.map", "\(path)/n.map")
            func words(_ words: [String], _ keyword: String, number: Int? = nil, ignoresCase: Bool = false)
                -> PatternSource
            {
                PatternSource(.words(words), ignoresCase: ignoresCase, number: number, keyword: keyword)
            }
            return [
                (
                    "acl a str(x),map_str_int(\(texts),7) gt 3",
                    [
                        .map(MapLookup(.str, .integer, PatternSource(.file(texts)))),
                        .test(PatternTest(.int, [words(["4:"], "str")])),
                    ]
                ),
                (
                    "acl b src -u 1 10.0.0.0/8",
                    [.test(PatternTest(.ip, [words(["10.0.0.0/8"], "src", number: 1)]))]
                ),
                (
                    "acl c dst_port,map_int(\(numbers)) -m beg -i W -x",
                    [
                        .map(MapLookup(.int, .string, PatternSource(.file(numbers)))),
                        .test(PatternTest(.beg, [words(["W", "-x"], "dst_port", ignoresCase: true)])),
                    ]
                ),
                (
                    "acl d str(a) -M -f \(texts) other",
                    [
                        .test(PatternTest(.str, [withValues(texts), words(["other"], "str")]))
                    ]
                ),
            ]
        }
    }

    @Test(arguments: [
        [
            "show map", "show acl", "show map #0", "show acl #0", "show map #1", "show acl #1", "show map #77",
            "show map #",
        ],
        [
            "show map t", "show map @0 #0", "show map @9 #0", "show map @ #0", "show map @", "show acl @",
            "get map #1 10.1.1.1",
        ],
        [
            "get map", "get acl", "get map #0", "get acl #0 a.example", "get map #0 a.example", "get map #9 x",
            "get acl #9 x",
        ],
        [
            "add map", "add map #0", "add map #0 a", "add map #0 a 5", "show map #0", "get map #0 a", "add acl #0 b",
            "add acl",
        ],
        ["add acl #1", "add acl #1 192.168.0.0/16", "get acl #1 192.168.3.3", "show acl #1", "add acl #1 nonsense"],
        [
            "add map #2 70 x", "add map #2 seventy x", "get map #2 70", "add map #0 z nonumber", "get map #0 z",
        ],
        [
            "add map #0 <<\nk 1\nl 22\n", "show map #0", "add map #0 <<\nm\n", "add map #0 <<\nn x\no 5\n",
            "show map #0",
        ],
        [
            "add map #0 <<\n lead 4\n", "show map #0", "add acl #1 1.1.1.1 <<\n2.2.2.2 9\n", "show acl #1",
            "add map #99 <<\na b\n",
        ],
        [
            "del map", "del map #0", "del acl #0", "del map #0 nothing", "del map #0 a.example", "show map #0",
            "del map #0 #0x1",
        ],
        [
            "del map #0 #zz", "del map #0 #0xz", "del acl #1 10.0.0.0/8", "show acl #1", "get acl #1 10.0.0.1",
            "del acl #2 1",
        ],
        [
            "set map", "set map #0 a.example", "set map #0 a.example 9", "show map #0", "get map #0 a.example",
            "set map #0 no 1",
        ],
        ["set map #0 #0x1 1", "set map #0 #0xz 1", "set map #9 a b", "set map #1 10.0.0.0/8 value", "show acl #1"],
        ["clear map", "clear acl", "clear map #9", "clear map #0", "show map #0", "get map #0 a.example"],
        [
            "prepare map", "prepare acl", "prepare map #0", "prepare map #0", "show map", "add map @1 #0 x 1",
            "add map @2 #0 y 2",
        ],
        [
            "prepare map #0", "add map @1 #0 a.example 77", "add map @2 #0 a 1", "show map #0", "show map @1 #0",
            "get map #0 a.example", "commit map @2 #0", "commit map #0", "commit map @1", "commit map @1 #9",
            "commit map @1 #0", "show map #0", "get map #0 a.example", "commit map @1 #0", "commit map @0 #0",
        ],
        [
            "prepare acl #1", "prepare acl #1", "add acl @1 #1 1.1.1.1", "add acl @2 #1 2.2.2.2", "clear acl @1 #1",
            "commit acl @2 #1", "show acl #1", "get acl #1 2.2.2.2", "get acl #1 10.0.0.1", "clear acl @7 #1",
            "show acl",
        ],
        [
            "clear acl @1", "commit acl", "commit acl @1", "prepare map #1", "clear map #1", "commit map @1 #1",
            "del map #1 x",
        ],
    ])
    func commandsAnswerAndDoWhatHAProxysDo(_ commands: [String]) throws {
        try withTemporaryDirectory { directory in
            let both = try Self.commands(in: directory)
            for command in commands {
                let (theirs, ours) = try both.ask(command)
                #expect(ours == theirs, "\(command)")
            }
        }
    }
}
