internal import Addresses
internal import ArgumentParser
internal import Diagnostics
internal import NetworkFiles
internal import ProxyConfig

/// `appliance-net vip list`: the ranges and what of them is bound.
struct VIPListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the ranges, which of their addresses are bound, and by which frontends.",
        discussion: "Binds are those of haproxy.cfg and of the running proxy; what is outside every range comes last."
    )

    @OptionGroup var proxy: ProxyOptions

    func run() throws {
        try NetworkCommand.run(proxy.options) { configuration, _ in
            let binds = try proxy.binds()
            let ranges = configuration.anyIPRoutes.ranges
            let uses = ranges.map { RangeUse($0.value, binds) }
            let others = RangeUse.addresses(
                binds.filter { bind in
                    !bind.address.isLoopback && !ranges.contains { $0.value.contains(bind.address) }
                }
            )
            if proxy.options.json {
                try Console.json(Result(uses, lines: ranges.map { $0.position.line }, others))
                return .ok
            }
            for use in uses {
                Console.data(Self.line(use))
                for address in use.addresses { Console.data(Self.line(address)) }
            }
            if !others.isEmpty { Console.data("outside every range:") }
            for address in others { Console.data(Self.line(address)) }
            if uses.isEmpty { Console.say("there is no range; appliance-net vip add adds one") }
            return .ok
        }
    }

    /// `10.13.200.32/27: 3 of 32 addresses bound`
    private static func line(_ use: RangeUse) -> String {
        let size = Int(exactly: use.size).map { "\($0)" } ?? "2^\(Int(use.size.exponent))"
        return "\(use.range): \(use.used) of \(size) address\(use.size == 1 ? "" : "es") bound"
    }

    private static func line(_ address: RangeUse.Address) -> String {
        "    \(address.address)  \(address.frontends.joined(separator: ", "))"
    }

    /// The names are those of the Data Plane API's `vip_ranges`.
    private struct Result: Encodable {
        struct Range: Encodable {
            var range: String
            var first: String
            var last: String
            var line: Int
            var size: Double
            var used: Int
            var utilisation: Double
            var addresses: [Address]
        }

        struct Address: Encodable {
            var address: String
            var frontends: [String]

            init(_ address: RangeUse.Address) {
                self.address = "\(address.address)"
                frontends = address.frontends
            }
        }

        var ranges: [Range]
        var outside: [Address]

        init(_ uses: [RangeUse], lines: [Int], _ others: [RangeUse.Address]) {
            ranges = zip(uses, lines).map { use, line in
                Range(
                    range: "\(use.range)",
                    first: "\(use.range.first)",
                    last: "\(use.range.last)",
                    line: line,
                    size: use.size,
                    used: use.used,
                    utilisation: use.utilisation,
                    addresses: use.addresses.map { Address($0) }
                )
            }
            outside = others.map { Address($0) }
        }
    }
}
