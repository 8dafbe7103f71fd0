internal import Addresses
internal import ArgumentParser
internal import Diagnostics
internal import Discovery
internal import Explanation
internal import Netlink
internal import NetworkFiles
internal import NetworkState
internal import ProxyConfig

/// `appliance-net vip check`: whether another host has one of our virtual addresses.
struct VIPCheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Ask the links whether another host has one of the virtual addresses; exit 1 if one has.",
        discussion: """
            ARP probes and neighbour solicitations, three for each address, all at the same time. Without arguments every \
            address of every range, where these are 4096 at most; else those that are bound.
            """
    )

    @Argument(
        help: ArgumentHelp("Addresses and ranges to ask for; they need not be ours yet.", valueName: "range"),
        transform: Self.range
    )
    var ranges: [AddressRange] = []

    @OptionGroup var proxy: ProxyOptions

    func run() throws {
        try NetworkCommand.run(proxy.options) { configuration, _ in
            let binds = try proxy.binds()
            let addresses = try addresses(configuration, binds)
            let (asked, state, outcome) = try RangeProbe.run(addresses)
            let conflicts = outcome.conflicts.sorted { $0.key < $1.key }.map { address, mac in
                Conflict(
                    address: "\(address)",
                    mac: "\(mac)",
                    frontends: RangeUse.addresses(binds.filter { $0.address == address }).flatMap { $0.frontends }
                )
            }
            if proxy.options.json {
                try Console.json(Result(checked: asked.count, conflicts: conflicts))
            } else {
                for conflict in conflicts { Console.data(conflict.line) }
                if conflicts.isEmpty { Console.data("no other host has \(Self.words(asked))") }
            }
            let routed = addresses.count - asked.count
            if routed > 0 { Console.say("\(routed) addresses are in no network of ours, or our own: nobody was asked") }
            for (index, error) in outcome.failures { Console.say("\(state.names[index]) could not be asked: \(error)") }
            return conflicts.isEmpty && outcome.failures.isEmpty ? .ok : .failed
        }
    }

    /// `10.13.200.34`, `one of 32 addresses`.
    private static func words(_ asked: [IPAddress]) -> String {
        if asked.count == 1, let only = asked.first { return "\(only)" }
        return "one of \(asked.count) addresses"
    }

    private func addresses(_ configuration: NetworkConfiguration, _ binds: [BindAddresses.Bind]) throws -> [IPAddress] {
        let wanted = ranges.isEmpty ? configuration.anyIPRoutes.ranges.map { $0.value } : ranges
        if let addresses = RangeProbe.addresses(of: wanted) { return addresses }
        guard ranges.isEmpty else { throw ValidationError("these are more than \(RangeProbe.most) addresses.") }
        Console.say("the ranges have more than \(RangeProbe.most) addresses: those that are bound are asked for")
        return Set(binds.map { $0.address }.filter { address in wanted.contains { $0.contains(address) } }).sorted()
    }

    private static func range(_ text: String) throws -> AddressRange {
        if let address = IPAddress(text) { return AddressRange(IPNetwork(address)) }
        return try VIPChange.range(text)
    }

    private struct Result: Encodable {
        /// How many addresses were asked for.
        var checked: Int
        var conflicts: [Conflict]
    }

    private struct Conflict: Encodable {
        var address: String
        var mac: String
        /// Those that are bound to it.
        var frontends: [String]

        /// `10.13.200.34 of web: 02:00:00:00:00:99 has it`
        var line: String {
            address + (frontends.isEmpty ? "" : " of \(frontends.joined(separator: ", "))") + ": \(mac) has it"
        }
    }
}
