internal import Addresses
internal import ArgumentParser
internal import Diagnostics
internal import Files
internal import NetworkFiles
internal import ProxyConfig

/// `appliance-net vip remove`: a range goes.
struct VIPRemoveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Remove a range of virtual addresses, at once; refused while a frontend is bound to one of them.",
        discussion: "Ranges are removed as they were added; appliance-net vip list shows them."
    )

    @Argument(help: VIPChange.rangeHelp, transform: VIPChange.range)
    var range: AddressRange

    @OptionGroup var proxy: ProxyOptions

    func run() throws {
        try VIPChange.run(proxy.options, range, isAdded: false) { configuration, file in
            guard file.remove(range) else { throw RangeChange.Refused([missing(configuration)]) }
            let bound = try proxy.binds().filter { range.contains($0.address) }
            guard bound.isEmpty else {
                let problem = Diagnostic(
                    .error,
                    "range \(range) is in use: \(RangeUse.words(bound))",
                    remedy: "move these frontends to another range, or remove them, then remove the range"
                )
                throw RangeChange.Refused([problem], isInput: false)
            }
        }
    }

    private func missing(_ configuration: NetworkConfiguration) -> Diagnostic {
        let ranges = configuration.anyIPRoutes.ranges.map { $0.value }
        let near = ranges.filter { $0.overlaps(range) }
        let choice = near.isEmpty ? ranges : near
        return Diagnostic(
            file: proxy.options.directory[AnyIPRoutesFile.path],
            "there is no range \(range)",
            remedy: choice.isEmpty
                ? "there are none" : "give one that is there: " + choice.map { "\($0)" }.joined(separator: ", ")
        )
    }
}
