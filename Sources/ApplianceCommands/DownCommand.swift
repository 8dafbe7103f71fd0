internal import ArgumentParser
internal import NetworkHistory
internal import NetworkState

/// `appliance-net down`: takes our policy routing and the VIP ranges away.
struct DownCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "down",
        abstract: "Remove our rules, our tables' routes and the virtual-IP ranges; management stays reachable.",
        discussion: """
            Interfaces, addresses, the default route and files stay. The service stands by until up, apply or a reboot \
            brings everything back.
            """
    )

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Remove only the virtual-IP ranges, or only the tables and rules.",
            valueName: "ranges|tables"
        )
    )
    var only: Half?

    @OptionGroup var options: RootOptions

    enum Half: String, ExpressibleByArgument {
        case ranges
        case tables

        var part: PolicyPart {
            switch self {
            case .ranges: .ranges
            case .tables: .tables
            }
        }
    }

    func run() throws {
        try NetworkCommand.guarded { () throws -> ExitStatus in
            let applied = try Applier(options.directory).down(.down, only?.part)
            NetworkCommand.say(applied)
            let result = applied.result
            if options.json {
                try Console.json(OperationsJSON(result.operations, result.problems))
            } else {
                for operation in result.operations { Console.data(operation.description) }
                let count = result.operations.count
                Console.say(count == 0 ? "nothing of ours is there" : "removed \(count) object\(count == 1 ? "" : "s")")
            }
            return .ok
        }
    }
}
