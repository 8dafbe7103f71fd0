@testable import ProxyDaemon
import ProxyEngine
import RuntimeAPI
import Syscalls
import TestSupport
import Testing

/// docs/proxy.md and docs/architecture.md name all that there is.
struct DocumentationTests {
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

    @Test func everyMasterCommandIsNamed() throws {
        let page = try Self.text("docs/proxy.md")
        let commands = MasterCommand.helpText.split(separator: "\n").filter { $0.hasPrefix("  ") }
            .compactMap { $0.split(separator: ":").first }
            .map { $0.split(separator: " ").joined(separator: " ") }
        #expect(commands.count == 4)
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
