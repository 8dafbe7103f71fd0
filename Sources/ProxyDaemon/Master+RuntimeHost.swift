internal import ProxyConfig
internal import ProxyEngine
internal import Syscalls

extension Master: RuntimeHost {
    var kept: EncodedSnapshot { controller.kept }

    func ask(_ question: EngineQuestion) throws(SystemError) -> [UInt8] { try controller.target.ask(question) }

    var changes: RuntimeChanges { controller.changes }

    func change(_ next: RuntimeChanges) throws(SystemError) {
        try controller.change(next)
        resolveNames(of: configuration)
    }

    var global: Global { configuration.global }

    var socketLines: [String] { stats.lines }

    var stickTables: [ProxyEngine.StickTable] { controller.kept.stickTables }

    var serving: ServingProcess {
        ServingProcess(
            id: controller.target.pid,
            startedAt: controller.target.startedAt,
            settings: controller.settings,
            hardMaxConnections: controller.base.settings.maxConnections
        )
    }

    var startupLines: [String] { configuration.said }

    var resolvers: [Resolvers] { configuration.resolvers }

    var resolutions: [ServerReference: ServerResolution] { configuration.resolutions }

    /// Follows the names of a configuration, and those that commands gave.
    func resolveNames(of next: LoadedConfiguration) {
        let wanted = next.resolving + controller.changes.wanted(next.resolvers)
        if resolver == nil, !wanted.isEmpty { resolver = try? Resolver(bell: names.event.raw) }
        resolver?.change(to: wanted)
    }

    var quarantineLines: [String] { controller.quarantineLines + stats.quarantineLines }
}
