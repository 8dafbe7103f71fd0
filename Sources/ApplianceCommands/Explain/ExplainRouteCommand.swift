internal import Addresses
internal import ArgumentParser
internal import Diagnostics
internal import Explanation
internal import Netlink
internal import NetworkFiles
internal import NetworkState

/// `appliance-net explain route`: the way of a packet, asked from the kernel.
struct ExplainRouteCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "route",
        abstract: "Tell by which rule, table, route, gateway and interface a packet goes, and whether it should.",
        discussion: """
            The kernel is asked, and what it says is compared with the configuration. Where SRC is somebody else's \
            address and DST is ours, both the packet and the answer to it are followed. Exit 0 if all goes as \
            configured, 2 if not.
            """
    )

    @Argument(help: ArgumentHelp("Where the packet comes from.", valueName: "src"), transform: CommandAddress.parse)
    var source: IPAddress

    @Argument(help: ArgumentHelp("Where it goes.", valueName: "dst"), transform: CommandAddress.parse)
    var destination: IPAddress

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The interface that a packet of somebody else comes in by; that of the answer if absent.",
            valueName: "name"
        )
    )
    var interface: String?

    @OptionGroup var options: RootOptions

    func validate() throws {
        guard source.family == destination.family else {
            throw ValidationError("SRC and DST are of two address families.")
        }
    }

    func run() throws {
        try NetworkCommand.guarded { () throws -> ExitStatus in
            let socket = try NetlinkSocket()
            let state = try ActualState.read(socket)
            let input = try interface.map { try index(of: $0, state) }
            let explainer = RouteExplainer(
                socket,
                state,
                NetworkCommand.configuration(options),
                own: ClaimedAddresses.read(options.directory).own
            )
            let explanation = explainer.explain(from: source, to: destination, input: input)
            if options.json {
                try Console.json(RouteJSON(explanation))
            } else {
                for line in RouteText.lines(explanation) { Console.data(line) }
            }
            for note in explanation.notes { Console.say("note: \(note)") }
            if explanation.legs.isEmpty { return .failed }
            return explanation.isAsConfigured ? .ok : .pending
        }
    }

    private func index(of name: String, _ state: ActualState) throws -> Int {
        if let link = state.links.first(where: { $0.name == name }) { return link.index }
        throw ValidationError(
            "--interface: there is no \(name), but " + state.links.map { $0.name }.joined(separator: ", ") + "."
        )
    }
}
