internal import ArgumentParser
internal import DataPlaneModel

/// `appliance-net config diff`: what is different between two versions.
struct ConfigDiffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Show in which lines a version of haproxy.cfg differs from another, or from the file as it is.",
        discussion: "By section: `- ` before a line that went, `+ ` before one that came. Passwords are left out."
    )

    @Argument(help: "The version to compare from; appliance-net config history lists them.")
    var version: Int

    @Argument(help: "The version to compare to; the file as it is if absent.")
    var other: Int?

    @OptionGroup var config: ConfigOptions

    func run() throws {
        try config.guarded { () throws -> ExitStatus in
            let change = try config.dataPlane().changes(from: version, to: other)
            if config.options.json {
                try Console.json(change.lines)
            } else {
                for line in change.lines { Console.data(line) }
            }
            if change.omitted > 0 { Console.say("and \(change.omitted) lines more") }
            return .ok
        }
    }
}
