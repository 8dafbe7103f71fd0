internal import Glibc
internal import ProxyConfig
internal import ProxyEngine
internal import RuntimeAPI
internal import Syscalls

/// One process that serves without a master, for those who ask it something.
final class StandaloneHost: RuntimeHost {
    var controller: Controller<LocalTarget>
    private let startedAt = Clocks.monotonic()
    private let stats: StatsSockets
    let options: CommandLineOptions
    let global: Global
    let startupLines: [String]
    let resolvers: [Resolvers]
    let resolutions: [ServerReference: ServerResolution]
    private let resolving: [Resolver.Wanted]
    /// nil: there is nothing to resolve.
    private let resolver: Resolver?

    init(
        _ controller: consuming Controller<LocalTarget>,
        _ stats: StatsSockets,
        _ options: CommandLineOptions,
        _ configuration: LoadedConfiguration,
        _ resolver: Resolver?
    ) {
        self.controller = controller
        self.stats = stats
        self.options = options
        global = configuration.global
        startupLines = configuration.said
        resolvers = configuration.resolvers
        resolutions = configuration.resolutions
        resolving = configuration.resolving
        self.resolver = resolver
    }

    var kept: EncodedSnapshot { controller.kept }

    func ask(_ question: EngineQuestion) throws(SystemError) -> [UInt8] { controller.target.ask(question) }

    var changes: RuntimeChanges { controller.changes }

    func change(_ next: RuntimeChanges) throws(SystemError) {
        try controller.change(next)
        resolver?.change(to: resolving + next.wanted(resolvers))
    }

    var socketLines: [String] { stats.lines }

    var stickTables: [ProxyEngine.StickTable] { controller.kept.stickTables }

    var serving: ServingProcess {
        ServingProcess(
            id: getpid(),
            startedAt: startedAt,
            settings: controller.settings,
            hardMaxConnections: controller.base.settings.maxConnections
        )
    }

    var quarantineLines: [String] { controller.quarantineLines + stats.quarantineLines }

    func answer(_ line: ClientLine) -> CommandAnswer {
        if line.text == ListenerTransfer.command {
            // As HAProxy: not even a number for who may not have them.
            return line.door.handsListenersOut ? .listeners(controller.book.listeners) : .text("")
        }
        return .output(RuntimeAnswers.answer(line.text, payload: line.payload, line.session, self))
    }
}
