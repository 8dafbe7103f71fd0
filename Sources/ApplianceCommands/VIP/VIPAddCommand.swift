internal import Addresses
internal import ArgumentParser
internal import Diagnostics
internal import Discovery
internal import NetworkFiles

/// `appliance-net vip add`: one more range.
struct VIPAddCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Add a range of virtual addresses, at once.",
        discussion: """
            It is checked first: against the gateways, name servers and own addresses, the networks and the other ranges; \
            and the links are asked whether another host has an address of it, which would reach no virtual address any \
            more. A range that is there already is left as it is.
            """
    )

    @Argument(help: VIPChange.rangeHelp, transform: VIPChange.range)
    var range: AddressRange

    @Flag(help: "Add it although other hosts have addresses of it.")
    var force = false

    @OptionGroup var options: RootOptions

    func run() throws {
        try VIPChange.run(options, range, isAdded: true) { configuration, file in
            guard file.add(range) else { return Console.say("\(range) is there already") }
            let problems = configuration.problems(ofRange: range)
            if problems.contains(where: { $0.severity == .error }) { throw RangeChange.Refused(problems) }
            Console.say(problems)
            let others = try others()
            if !force, !others.isEmpty { throw RangeChange.Refused(others, isInput: false) }
            Console.say(others)
        }
    }

    /// The hosts that have addresses of the range.
    private func others() throws -> [Diagnostic] {
        guard let addresses = RangeProbe.addresses(of: [range]) else {
            Console.say(
                "\(range) has more than \(RangeProbe.most) addresses: nobody was asked whether another host has one"
            )
            return []
        }
        let severity: Diagnostic.Severity = force ? .warning : .error
        return try RangeProbe.run(addresses).outcome.conflicts.sorted { $0.key < $1.key }.map { address, mac in
            Diagnostic(
                severity,
                "\(range) has \(address), which another host has: \(mac)",
                remedy: "take it from that host, or add a range without it (--force adds it all the same)"
            )
        }
    }
}
