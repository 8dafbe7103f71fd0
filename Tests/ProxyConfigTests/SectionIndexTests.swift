import Testing

@testable import ProxyConfig

@Suite struct SectionIndexTests {
    /// What the index says must be what a look at every section says, whatever was done before.
    @Test func findsWhatASearchFinds() {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("section index seed \(seed)")
        var random = SeededGenerator(seed: seed)
        let kinds = ["global", "defaults", "frontend", "backend", "\"backend\"", "listen", "peers", "none"]
        let names = ["a", "b", "c", "d e", "", "\"x", "web"] + (0..<40).map { "service-with-a-long-name-\($0)" }
        for _ in 0..<4 {
            var file = ConfigurationFile(
                "global\n\nfrontend web\n\nbackend \"d e\"\n\nbackend a\nbackend a\n",
                file: "x"
            )
            var copies: [(ConfigurationFile, String)] = []
            for step in 0..<200 {
                let (kind, name) = (kinds.randomElement(using: &random) ?? "", names.randomElement(using: &random))
                switch Int.random(in: 0..<10, using: &random) {
                case 0..<5: file.append(Section(kind: kind, name: name))
                case 5..<7: file.remove(kind, name)
                case 7: file.update(kind, name) { $0.name = names.randomElement(using: &random) }
                case 8: file.update(kind, name) { $0.append(Line(["mode", "tcp"])) }
                default:
                    if let index = file.sections.indices.randomElement(using: &random) {
                        file.sections[index].kind = kind
                    }
                }
                for (kind, name) in [(kind, name), (kind, nil), ("backend", "a"), ("frontend", names.last)] {
                    let found = file.sections.first { $0.kind == kind && $0.name == name }
                    #expect(file.section(kind, name) == found, "seed \(seed)")
                }
                if step % 50 == 0 { copies.append((file, file.text)) }
            }
            // What was done to the document was not done to its copies.
            for (copy, text) in copies { #expect(copy.text == text, "seed \(seed)") }
        }
    }

    @Test func appendsBehindTheLastOfItsKind() {
        var file = ConfigurationFile("global\n\nfrontend a\n\nbackend b\n\nuserlist u\n", file: "x")
        for number in 0..<200 {
            file.append(Section(kind: "frontend", name: "f\(number)"))
            file.append(Section(kind: "backend", name: "b\(number)"))
        }
        let names = file.sections.compactMap(\.name)
        let expected = ["a"] + (0..<200).map { "f\($0)" } + ["b"] + (0..<200).map { "b\($0)" } + ["u"]
        #expect(names == expected)
    }

    @Test func tellsCopiesFromEqualSections() throws {
        let text = "global\n  maxconn 1\n\nbackend b\n  mode tcp\n"
        let file = ConfigurationFile(text, file: "x")
        var copy = file
        copy.update("backend", "b") { $0.append(Line(["retries", "2"])) }
        #expect(copy.sections[0].isCopy(of: file.sections[0]))
        #expect(!copy.sections[1].isCopy(of: file.sections[1]))
        copy.update("backend", "b") { _ = $0.lines.popLast() }
        #expect(copy.sections[1] == file.sections[1])
        let again = ConfigurationFile(text, file: "x")
        #expect(again == file)
        #expect(!again.sections[0].isCopy(of: file.sections[0]))
    }
}
