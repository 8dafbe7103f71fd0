internal import CLinux
internal import Glibc
internal import ProxyEngine
internal import Syscalls

/// The worker: gets everything through the channel it was started with, and has no file system of its own.
enum WorkerProcess {
    /// The environment variable that makes a process a worker; its value is the channel's descriptor.
    static let variable = "APPLIANCE_PROXYD_CHANNEL"

    static func run(_ descriptor: CInt) -> CInt {
        let channel = Channel(owning: descriptor)
        do throws(SystemError) {
            return try converse(channel)
        } catch {
            Talk()(.alert, "worker : \(error)")
            return 1
        }
    }

    private static func converse(_ channel: borrowing Channel) throws(SystemError) -> CInt {
        let signals = try Signals([SIGTERM, SIGUSR1, SIGINT, SIGHUP, SIGUSR2])
        guard let first = try channel.receive(), first.kind == .setup else { return 0 }
        let process: ProcessSettings
        let settings: EngineSettings
        do throws(MalformedSnapshot) {
            (process, settings) = try ProcessSettings.decoded(first.bytes)
        } catch {
            throw SystemError(code: EPROTO, operation: "read the set-up")
        }
        // Before the drop: it opens the log's descriptor anew, which the chroot would hide.
        let engine = try Engine(settings)
        var null = Daemonizer.isBackground ? clinux_open("/dev/null", O_WRONLY, 0) : -1
        try process.drop()
        try channel.send(ChannelMessage(kind: .done))
        var finishing = false
        while true {
            var waits = [
                pollfd(fd: channel.socket.raw, events: Int16(POLLIN), revents: 0),
                pollfd(fd: signals.descriptor.raw, events: Int16(POLLIN), revents: 0),
            ]
            poll(&waits, 2, finishing ? 20 : -1)
            while let signal = signals.next() {
                if signal == SIGTERM {
                    engine.stop()
                    return 0
                }
                if signal == SIGUSR1 {
                    engine.stopAccepting()
                    finishing = true
                }
            }
            if waits[0].revents != 0 {
                guard let message = try channel.receive() else {
                    // The master has gone; nobody could change or stop us any more.
                    engine.stop()
                    return 0
                }
                try act(message, engine)
                Daemonizer.silence(null)
                null = -1
                if message.kind == .finish { finishing = true }
                try channel.send(ChannelMessage(kind: .done))
            }
            if finishing, engine.connections == 0 {
                engine.stop()
                return 0
            }
        }
    }

    private static func act(_ message: ChannelMessage, _ engine: Engine) throws(SystemError) {
        switch message.kind {
        case .serve:
            let payload: ServePayload
            do throws(MalformedSnapshot) {
                payload = try ServePayload(encoded: message.bytes)
            } catch {
                throw SystemError(code: EPROTO, operation: "read a snapshot")
            }
            guard payload.addresses.count == message.descriptors.count else {
                throw SystemError(code: EPROTO, operation: "take listeners")
            }
            let opened = Dictionary(zip(payload.addresses, message.descriptors)) { first, _ in first }
            engine.apply(payload.snapshot, opened: opened)
        case .finish: engine.stopAccepting()
        case .setup, .done: break
        }
    }
}
