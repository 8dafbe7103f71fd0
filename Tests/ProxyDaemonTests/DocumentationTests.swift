@testable import ProxyDaemon
import ProxyEngine
import RuntimeAPI
import Syscalls
import TestSupport
import Testing

/// docs/proxy.md and docs/architecture.md name all that there is.
@Suite(.blocking) struct DocumentationTests {
    private static let root = #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 }

    private static func text(_ path: String) throws -> String {
        String(decoding: try FileDescriptor.open("\(root)/\(path)", 0).readToEnd(), as: UTF8.self)
    }

    @Test func everyOptionIsNamed() throws {
        let page = try Self.text("docs/proxy.md")
        // The words that the reader of the command line compares with.
        let source = try Self.text("Sources/ProxyDaemon/CommandLineOptions.swift")
        let options = source.split(separator: "\n").filter { $0.contains("case \"-") }
            .flatMap { $0.split(separator: "\"") }.filter { $0.hasPrefix("-") && !$0.contains(" ") }
        #expect(options.count > 20)
        for option in options {
            #expect(
                page.contains("`\(option)`") || page.contains("`\(option) "),
                "docs/proxy.md does not name \(option)"
            )
        }
    }

    /// Keywords whose behaviour another test proves than one that runs the proxy on a configuration.
    private static let provedElsewhere = [
        "spread-checks": "spreadChecksVaryTheInterval", "parse-resolv-conf": "theSystemsNameServersAreRead",
        "%Ts": "uniqueIDsAreWrittenFromTheirFormat", "%ms": "uniqueIDsAreWrittenFromTheirFormat",
        "%rt": "uniqueIDsAreWrittenFromTheirFormat", "%pid": "uniqueIDsAreWrittenFromTheirFormat",
    ]

    /// A keyword in the table of what is acted upon is in the configuration of some test that runs the proxy.
    @Test func everyKeywordThatIsFollowedIsTested() throws {
        let page = try Self.text("docs/proxy.md")
        let rows = try #require(page.split(separator: "## Configuration").last).split(separator: "The whole grammar")[0]
            .split(separator: "\n").filter { $0.hasPrefix("| `") || $0.hasPrefix("| conditions") }
        let keywords = Set(
            rows.flatMap { $0.split(separator: "`", omittingEmptySubsequences: false).enumerated() }
                .filter { $0.offset % 2 == 1 && !"+-!".contains($0.element.first ?? "!") }.map { String($0.element) }
        )
        #expect(keywords.count > 150)
        var tests = ""
        // These look at the reading of a file and of options alone.
        let readers = ["DocumentationTests", "ConfigurationTests", "CommandLineTests", "OptionTests"]
        for directory in ["ProxyDaemonTests", "ProxyEngineTests"] {
            for name in try run("ls", "\(Self.root)/Tests/\(directory)").split(separator: "\n")
            where !readers.contains(where: { name.hasPrefix($0) }) {
                let text = try Self.text("Tests/\(directory)/\(name)")
                if directory == "ProxyDaemonTests" { tests += text }
                for (keyword, test) in Self.provedElsewhere where text.contains("func \(test)(") {
                    tests += keyword + " "
                }
            }
        }
        // A word of letters, digits and hyphens, of which a keyword may be several.
        let words = Set(tests.split { !($0.isLetter || $0.isNumber || "-_@%".contains($0)) }.map { String($0) })
        for keyword in keywords.sorted() where keyword != "appliance-dataplaned" {
            let isThere =
                keyword.contains(" ") || keyword.hasPrefix("%") ? tests.contains(keyword) : words.contains(keyword)
            #expect(isThere, "no test serves a configuration with '\(keyword)'")
        }
    }

    @Test func everyMasterCommandIsNamed() throws {
        let page = try Self.text("docs/proxy.md")
        let commands = MasterCommand.help().split(separator: "\n").filter { $0.hasPrefix("  ") }
            .compactMap { $0.split(separator: ":").first }
            .map { $0.split(separator: " ").joined(separator: " ") }
        #expect(commands.count == 17)
        for command in commands { #expect(page.contains("| `\(command)` |"), "docs/proxy.md does not name \(command)") }
    }

    /// The map has every target on it.
    @Test func everyTargetIsOnTheMap() throws {
        let page = try Self.text("docs/architecture.md")
        let targets = try run("ls", "\(Self.root)/Sources").split(separator: "\n")
        #expect(targets.count > 25)
        for target in targets { #expect(page.contains("`\(target)`"), "docs/architecture.md does not name \(target)") }
    }
}
