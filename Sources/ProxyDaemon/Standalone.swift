internal import CLinux
internal import Glibc
internal import ProxyEngine
internal import RuntimeAPI
internal import Syscalls

/// One process without a master: listens, locks itself in and serves. As HAProxy without `-W`, it has no reload.
enum Standalone {
    /// - Parameter serving: Called when it serves, and still has the whole file system.
    static func run(
        _ talk: Talk,
        _ configuration: LoadedConfiguration,
        serving: () throws(SystemError) -> Void
    ) throws(SystemError) -> CInt {
        let signals = try Signals([SIGTERM, SIGINT, SIGUSR1, SIGHUP, SIGUSR2])
        let engine = try Engine(configuration.snapshot.settings)
        var controller = Controller(LocalTarget(engine: engine), settings: configuration.snapshot.settings)
        _ = try controller.apply(configuration)
        for line in controller.failedBindLines { talk(.warning, line) }
        try serving()
        try configuration.process.drop()
        try? ServiceNotification.send("READY=1")
        var finishing = false
        while true {
            var waits = [pollfd(fd: signals.descriptor.raw, events: Int16(POLLIN), revents: 0)]
            poll(&waits, 1, finishing ? 20 : controller.wait)
            while let signal = signals.next() {
                if signal == SIGTERM || signal == SIGINT {
                    engine.stop()
                    return 0
                }
                if signal == SIGUSR1 {
                    engine.stopAccepting()
                    controller.stopListening()
                    finishing = true
                }
            }
            if finishing {
                guard engine.connections == 0 else { continue }
                engine.stop()
                return 0
            }
            for address in try controller.retry() { talk(.notice, "bind \(address) serves now") }
        }
    }
}
