import Addresses
import Appliance
import ArgumentParser
import Foundation
import NetworkFiles
import Testing

@testable import ApplianceCommands

/// What exists is documented: a subcommand, an option or a property without its place in docs/ fails the build.
@Suite struct DocumentationTests {
    @Test(arguments: ApplianceCommand.configuration.subcommands.map { $0.configuration.commandName ?? "" })
    func everySubcommandHasItsSection(_ name: String) throws {
        #expect(try Self.page("cli.md").contains("\n## \(name)\n"))
    }

    @Test func everyOptionIsNamed() throws {
        let page = try Self.page("cli.md")
        for command in ApplianceCommand.configuration.subcommands {
            let help = command.helpMessage()
            for match in help.matches(of: #/--[a-z-]+/#) where !["--help", "--version"].contains(match.output) {
                #expect(page.contains(match.output), "\(match.output) is not in docs/cli.md")
            }
        }
    }

    @Test func everyPropertyIsDescribed() throws {
        let page = try Self.page("properties.md")
        for property in PropertySchema.properties {
            #expect(
                page.contains("`\(property.key.rawValue)`"),
                "\(property.key.rawValue) is not in docs/properties.md"
            )
        }
    }

    @Test func everyKeyOfTheSettingsFileIsDescribed() throws {
        let page = try Self.page("files.md")
        for key in ApplianceFile.interfaceKeys { #expect(page.contains("| | `\(key)` | ")) }
        for role in InterfaceRole.allCases { #expect(page.contains("`\(role.rawValue)`")) }
    }

    static func page(_ name: String) throws -> String {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return try String(contentsOf: root.appending(path: "docs/" + name), encoding: .utf8)
    }
}
