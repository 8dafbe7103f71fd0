import Diagnostics
import Testing

@testable import ProxyConfig

@Suite struct ConfigurationFileTests {
    static let services = """
        # _md5hash=0123
        # _version=7
        global
          maxconn 100

        # Values for all.
        defaults
          mode tcp

        frontend web
          bind 10.0.0.1:80 # the VIP
          default_backend web

        # Pools
        backend web
          server s1 10.1.0.1:80 check

        userlist controller
          user admin password $5$x

        """

    @Test func cutsIntoSections() throws {
        let file = ConfigurationFile(Self.services, file: "haproxy.cfg")
        #expect(file.sections.map(\.kind) == ["global", "defaults", "frontend", "backend", "userlist"])
        #expect(file.sections.map(\.name) == [nil, nil, "web", "web", "controller"])
        #expect(file.preamble.map(\.raw) == ["# _md5hash=0123", "# _version=7"])
        let backend = try #require(file.section("backend", "web"))
        #expect(backend.leading.map(\.comment) == ["Pools"])
        #expect(backend.lines.first?.words == ["server", "s1", "10.1.0.1:80", "check"])
        let bind = try #require(file.section("frontend", "web")?.lines.first)
        #expect(bind.comment == "the VIP")
        #expect(bind.wordPositions.map(\.line) == [11, 11])
        #expect(bind.wordPositions.map(\.column) == [3, 8])
        #expect(file.section("frontend", nil) == nil)
    }

    @Test(arguments: [
        "", "\n", "\r\n", "global", "global\n\n\n", "\tglobal\r\n  maxconn 1\r\n", "frontend a\n\tbind :80",
        "foo bar\n",
        "global\r\n  a\n  b\r\n", "\u{feff}global\n", "backend \"x y\"\n  server \"unmatched\n", "global\n \\\n#",
        "a\rb\n",
    ])
    func roundTripsOddText(_ text: String) {
        let file = ConfigurationFile(text, file: "odd.cfg")
        #expect(Array(file.text.utf8) == Array(text.utf8))
    }

    @Test func roundTripsGeneratedAndMutatedText() {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("round trip seed \(seed)")
        var random = RandomConfiguration(seed: seed)
        for _ in 0..<400 {
            let text = random.text()
            for text in [text, random.mutated(text)] {
                let file = ConfigurationFile(text, file: "random.cfg")
                #expect(Array(file.text.utf8) == Array(text.utf8), "seed \(seed)")
                // Reading words must not change what is written.
                _ = file.sections.flatMap(\.lines).map { ($0.words, $0.comment, $0.wordPositions) }
                #expect(file.text == text, "seed \(seed)")
            }
        }
    }

    @Test func appendedAndRemovedSectionLeavesNoTrace() {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("append and remove seed \(seed)")
        var random = RandomConfiguration(seed: seed)
        for _ in 0..<200 {
            let text = random.text()
            var file = ConfigurationFile(text, file: "random.cfg")
            file.append(Section(kind: "backend", name: "made anew", lines: [Line(["mode", "tcp"])]))
            let lines = text.utf8.split(whereSeparator: { $0 == 10 || $0 == 13 }).count
            #expect(file.text.utf8.split(whereSeparator: { $0 == 10 || $0 == 13 }).count == lines + 2, "seed \(seed)")
            #expect(file.section("backend", "made anew") != nil)
            let removed1 = file.remove("backend", "made anew")
            #expect(removed1)
            #expect(file.text == text, "seed \(seed)")
        }
    }

    @Test func appendsBehindTheLastOfItsKindWithOneBlankLine() {
        var file = ConfigurationFile(Self.services, file: "haproxy.cfg")
        file.append(Section(kind: "frontend", name: "api", lines: [Line(["bind", "10.0.0.2:443"])]))
        file.append(Section(kind: "peers", name: "p"))
        let expected = Self.services.split(separator: "# Pools", maxSplits: 1)
        #expect(file.text == expected[0] + "frontend api\n  bind 10.0.0.2:443\n\n# Pools" + expected[1] + "\npeers p\n")
    }

    @Test func removesOnlyTheSection() {
        var file = ConfigurationFile(Self.services, file: "haproxy.cfg")
        let removed2 = file.remove("frontend", "web")
        #expect(removed2)
        let removed3 = file.remove("frontend", "web")
        #expect(!removed3)
        #expect(file.text.contains("  mode tcp\n\n# Pools\nbackend web\n"))
        let removed4 = file.remove("backend", "web")
        #expect(removed4)
        #expect(file.text.contains("  mode tcp\n\n# Pools\n\nuserlist controller\n"))
    }

    @Test func updatesOnlyTheLine() {
        var file = ConfigurationFile(Self.services, file: "haproxy.cfg")
        let updated = file.update("frontend", "web") { section in
            section.lines[0].words[1] = "10.0.0.9:80"
            section.append(Line(["log-tag", "a b"]))
        }
        #expect(updated)
        let expected = Self.services.split(separator: "10.0.0.1:80", maxSplits: 1)
        let rest = expected[1].split(separator: "default_backend web\n", maxSplits: 1)
        #expect(
            file.text == expected[0] + "10.0.0.9:80" + rest[0] + "default_backend web\n  log-tag \"a b\"\n" + rest[1]
        )
        let found = file.update("frontend", "none") { _ in }
        #expect(!found)
    }

    @Test func addsTheMissingNewlineOnlyWhenALineFollows() {
        var file = ConfigurationFile("global\r\n  maxconn 1", file: "x")
        file.version = 3
        #expect(file.text == "# _version=3\r\nglobal\r\n  maxconn 1")
        file.update("global", nil) { $0.append(Line(["nbthread", "2"])) }
        #expect(file.text == "# _version=3\r\nglobal\r\n  maxconn 1\r\n  nbthread 2\r\n")
    }

    @Test func readsAndWritesTheVersion() {
        var file = ConfigurationFile(Self.services, file: "haproxy.cfg")
        #expect(file.version == 7)
        #expect(file.md5Hash == "0123")
        file.version += 1
        file.md5Hash = nil
        #expect(file.text == Self.services.replacing("_md5hash=0123\n# _version=7", with: "_version=8"))
        var plain = ConfigurationFile("global\n", file: "x")
        #expect(plain.version == 1)
        plain.version = 2
        #expect(plain.text == "# _version=2\nglobal\n")
        plain.version = 3
        #expect(plain.text == "# _version=3\nglobal\n")
    }

    @Test func renamesASection() {
        var file = ConfigurationFile("backend a from base # x\n", file: "x")
        file.sections[0].name = "b c"
        #expect(file.text == "backend \"b c\" from base # x\n")
        #expect(file.sections[0].name == "b c")
    }
}
