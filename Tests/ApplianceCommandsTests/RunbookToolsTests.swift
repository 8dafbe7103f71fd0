import Foundation
import TestSupport
import Testing

/// What a runbook has an operator type on the appliance is there: nobody installs a package while a service is down.
@Suite struct RunbookToolsTests {
    /// Of packages that every Debian has (Essential), and of the shell.
    private static let everywhere: Set = [
        "cd", "cp", "echo", "grep", "install", "ls", "mkdir", "rm", "sed", "tail", "timeout",
    ]

    /// Others, with the line of scripts/image.d/packages that brings them.
    private static let brought = [
        "ip": "iproute2", "openssl": "ca-certificates", "ssh-keygen": "openssh-server", "systemctl": "systemd-sysv",
        "tcpdump": "tcpdump",
    ]

    private static func runbooks() throws -> [String] {
        try FileManager.default.contentsOfDirectory(
            atPath: DocumentationTests.root.appending(path: "docs/runbooks").path
        )
    }

    private static func packages() throws -> [String] {
        let path = DocumentationTests.root.appending(path: "scripts/image.d/packages").path
        return try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map(String.init)
    }

    private static func commands(_ page: String) -> [String] {
        var isInBlock = false
        var commands: [String] = []
        for line in page.split(separator: "\n") {
            if line.hasPrefix("```") { isInBlock.toggle() }
            guard isInBlock, line.hasPrefix("# ") else { continue }
            let unquoted = line.dropFirst(2).replacing(#/'[^']*'/#, with: "quoted")
            for command in unquoted.split(separator: #/&&|\|\||[;|]/#) {
                if let word = command.split(separator: " ").first { commands.append(String(word)) }
            }
        }
        return commands
    }

    @Test(arguments: try runbooks())
    func whatIsTypedIsInTheImage(_ name: String) throws {
        let packages = Set(try Self.packages())
        let commands = Self.commands(try DocumentationTests.page("runbooks/" + name))
        #expect(!commands.isEmpty)
        for command in commands {
            let tool = command.split(separator: "/").last.map(String.init) ?? command
            if tool.hasPrefix("appliance-") || Self.everywhere.contains(tool) { continue }
            let package = Self.brought[tool]
            #expect(package.map { packages.contains($0) } == true, "\(tool) is not in the image")
        }
    }
}
