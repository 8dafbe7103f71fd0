internal import ProxyEngine
internal import Syscalls

extension Master: RuntimeHost {
    func snapshot() throws(SystemError) -> ProxySnapshot { try controller.snapshot() }

    func ask(_ question: EngineQuestion) throws(SystemError) -> [UInt8] { try controller.target.ask(question) }

    var stickTables: [StickTable] { controller.kept.stickTables }

    var serving: ServingProcess {
        ServingProcess(
            id: controller.target.pid,
            startedAt: controller.target.startedAt,
            settings: controller.settings
        )
    }

    var quarantineLines: [String] { controller.quarantineLines + stats.quarantineLines }
}
