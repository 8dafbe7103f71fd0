internal import Addresses
internal import ArgumentParser
internal import Diagnostics
internal import NetworkFiles

/// `appliance-net vip add`: one more range.
struct VIPAddCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Add a range of virtual addresses, at once.",
        discussion: """
            It is checked first: against the gateways, name servers and own addresses, the networks and the other ranges. \
            A range that is there already is left as it is.
            """
    )

    @Argument(help: VIPChange.rangeHelp, transform: VIPChange.range)
    var range: AddressRange

    @OptionGroup var options: RootOptions

    func run() throws {
        try VIPChange.run(options, range, isAdded: true) { configuration, file in
            guard file.add(range) else { return Console.say("\(range) is there already") }
            let problems = configuration.problems(ofRange: range)
            if problems.contains(where: { $0.severity == .error }) { throw RangeChange.Refused(problems) }
            Console.say(problems)
        }
    }
}
