import Addresses
import Appliance
import ArgumentParser
import Foundation
import NetworkFiles
import TestSupport
import Testing

@testable import ApplianceCommands

/// What exists is documented: a subcommand, an option or a property without its place in docs/ and the man page fails the build.
@Suite(.blocking) struct DocumentationTests {
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

    /// An option that the page names and no command has is a page that lies.
    @Test func everyOptionOfThePageExists() throws {
        func commands(_ command: any ParsableCommand.Type) -> [String] {
            [command.helpMessage()] + command.configuration.subcommands.flatMap { commands($0) }
        }
        let commands = commands(ApplianceCommand.self)
        let known = Set(commands.flatMap { $0.matches(of: #/--[a-z0-9-]+/#).map { $0.output } })
        for match in try Self.page("cli.md").matches(of: #/`[^`\n]*(--[a-z0-9-]+)[^`\n]*`/#) {
            for option in match.output.0.matches(of: #/--[a-z0-9-]+/#) {
                #expect(known.contains(option.output), "no command has \(option.output)")
            }
        }
    }

    /// The man page is made of the help: every subcommand, every option with its description, and roff is content.
    @Test func theManPageSaysWhatTheHelpSays() throws {
        try withTemporaryDirectory { directory in
            let script = Self.root.appending(path: "scripts/man").path(percentEncoded: false)
            try run(script, directory, try builtProgram("appliance-net"))
            let file = directory + "/man8/appliance-net.8"
            #expect(try run("groff", "-man", "-ww", "-z", file) == "")
            let page = try String(contentsOfFile: file, encoding: .utf8).replacing("\\-", with: "-")
                .replacing("\\fB", with: "").replacing("\\fR", with: "")
            for command in ApplianceCommand.configuration.subcommands where command.configuration.shouldDisplay {
                let name = command.configuration.commandName ?? ""
                #expect(page.contains("\n.SS \"appliance-net \(name)\"\n\(command.configuration.abstract)\n"))
                for match in command.helpMessage().matches(of: #/--[a-z0-9-]+/#) {
                    #expect(page.contains(match.output), "\(match.output) of \(name) is not in the man page")
                }
            }
            for completion in ["appliance-net.bash", "_appliance-net", "appliance-net.fish"] {
                let text = try String(contentsOfFile: directory + "/completions/" + completion, encoding: .utf8)
                #expect(text.contains("firstboot"))
            }
            try run("bash", "-n", directory + "/completions/appliance-net.bash")
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
        for key in ApplianceFile.systemKeys + ApplianceFile.interfaceKeys { #expect(page.contains("| | `\(key)` | ")) }
        let keys = ApplianceFile.apiKeys + ApplianceFile.guardKeys + ApplianceFile.certificatesKeys
        for key in keys + RecoverySettings.keys {
            #expect(page.contains("| `\(key)` | "), "\(key) is not in docs/files.md")
        }
        for role in InterfaceRole.allCases { #expect(page.contains("`\(role.rawValue)`")) }
    }

    @Test func everyMetricIsDescribed() throws {
        let page = try Self.page("cli.md")
        for metric in Metrics.all {
            #expect(page.contains("\n| `\(metric.name)` | \(metric.kind.rawValue) | "), "\(metric.name)")
        }
        for match in page.matches(of: #/`(appliance_net_[a-z_]+)`/#) {
            #expect(Metrics.all.contains { $0.name == match.output.1 }, "there is no \(match.output.1)")
        }
    }

    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static func page(_ name: String) throws -> String {
        try String(contentsOf: root.appending(path: "docs/" + name), encoding: .utf8)
    }
}
