internal import Glibc
internal import ProxyEngine
internal import RuntimeAPI
internal import Syscalls

/// One process that serves without a master, for those who ask it something.
final class StandaloneHost: RuntimeHost {
    var controller: Controller<LocalTarget>
    private let startedAt = Clocks.monotonic()
    private let stats: StatsSockets

    init(_ controller: consuming Controller<LocalTarget>, _ stats: StatsSockets) {
        self.controller = controller
        self.stats = stats
    }

    func snapshot() throws(SystemError) -> ProxySnapshot { try controller.snapshot() }

    func ask(_ question: EngineQuestion) throws(SystemError) -> [UInt8] { controller.target.ask(question) }

    var stickTables: [StickTable] { controller.kept.stickTables }

    var serving: ServingProcess { ServingProcess(id: getpid(), startedAt: startedAt, settings: controller.settings) }

    var quarantineLines: [String] { controller.quarantineLines + stats.quarantineLines }

    func answer(_ line: ClientLine) -> CommandAnswer {
        if line.text == ListenerTransfer.command {
            // As HAProxy: not even a number for who may not have them.
            return line.door.handsListenersOut ? .listeners(controller.book.listeners) : .text("")
        }
        return .text(RuntimeAnswers.answer(line.text, payload: line.payload, line.session, self))
    }
}
