internal import Addresses
internal import ArgumentParser
internal import Diagnostics
internal import Discovery
internal import Explanation
internal import Guard
internal import Netlink
internal import NetworkFiles
internal import NetworkState
internal import Nftables
internal import Syscalls

/// `appliance-net explain vip`: from the address to the servers.
struct ExplainVIPCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "vip",
        abstract: "Follow a connection to a virtual address: range, route, frontend, backend, servers.",
        discussion: """
            Says of each whether it is as it should be, and what to do if not. The kernel, the links and the running \
            proxy are asked. A server without a health check counts as good, and that is told. Exit 0 if clients are served, 2 if not.
            """
    )

    @Argument(
        help: ArgumentHelp("ADDRESS or ADDRESS:PORT; an IPv6 address with a port in brackets.", valueName: "vip"),
        transform: Target.init(text:)
    )
    var target: Target

    @Option(
        name: .long,
        help: ArgumentHelp("Where connections come from; one behind the gateway if absent.", valueName: "address"),
        transform: CommandAddress.parse
    )
    var client: IPAddress?

    @OptionGroup var proxy: ProxyOptions

    struct Target: Sendable {
        var address: IPAddress
        var port: UInt16?

        init(text: String) throws {
            if let address = IPAddress(text) {
                self.address = address
            } else if let endpoint = Endpoint(text), endpoint.address.family == .v4 || text.hasPrefix("[") {
                (address, port) = (endpoint.address, endpoint.port)
            } else {
                throw ValidationError("\(text) is neither an address nor an address with a port.")
            }
        }
    }

    func validate() throws {
        guard client.map({ $0.family == target.address.family }) ?? true else {
            throw ValidationError("--client: \(target.address) is of another address family.")
        }
    }

    func run() throws {
        try NetworkCommand.guarded { () throws -> ExitStatus in
            let socket = try NetlinkSocket()
            let state = try ActualState.read(socket)
            let configuration = NetworkCommand.configuration(proxy.options)
            let view = try ProxyView.read(proxy.path, masterSocket: proxy.masterSocket)
            let explainer = VIPExplainer(
                RouteExplainer(socket, state, configuration, own: ClaimedAddresses.read(proxy.options.directory).own),
                configuration,
                view,
                guard: try NftablesSocket().table(GuardRuleset.inet)
            )
            let explanation = explainer.explain(
                target.address,
                port: target.port,
                client: client ?? Self.someone(target.address.family, outside: configuration),
                conflict: conflict(state)
            )
            if proxy.options.json {
                try Console.json(VIPJSON(explanation))
            } else {
                for finding in explanation.findings { FindingText.lines(finding).forEach(Console.data) }
                Console.data(Self.verdict(explanation))
            }
            return explanation.isServed ? .ok : .pending
        }
    }

    private static func verdict(_ explanation: VIPExplanation) -> String {
        guard explanation.isServed else { return "\(explanation.name) is NOT served" }
        let backends = explanation.unchecked
        guard !backends.isEmpty else { return "\(explanation.name) is served" }
        let which = (backends.count == 1 ? "backend " : "backends ") + backends.joined(separator: ", ")
        return "\(explanation.name) is served if the servers of \(which) answer, which nobody checks"
    }

    private func conflict(_ state: ActualState) -> MACAddress? {
        do throws(SystemError) {
            return try ConflictProbe(state).run([target.address]).conflicts[target.address]
        } catch {
            Console.say("note: whether another host has it is not known: \(error)")
            return nil
        }
    }

    /// A host of the Internet that there is none of (RFC 5737, RFC 3849), and that no range has.
    private static func someone(_ family: IPAddress.Family, outside configuration: NetworkConfiguration?) -> IPAddress {
        let numbers: [UInt128] =
            family == .v4
            ? [0xCB00_7101, 0xC633_6401, 0xC000_0201] : [0x2001_0db8 << 96 | 1, 0x2001_0db8_ffff << 80 | 1]
        let hosts = numbers.map { IPAddress(family: family, number: $0) }
        let ranges = configuration?.anyIPRoutes.ranges ?? []
        return hosts.first { host in !ranges.contains { $0.value.contains(host) } } ?? hosts[0]
    }
}
