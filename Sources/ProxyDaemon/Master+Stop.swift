internal import CLinux
internal import Glibc
internal import ProxyEngine
internal import RuntimeAPI
internal import Syscalls

extension Master {
    /// The exit status if that is the end.
    func handle(_ signal: CInt) throws(SystemError) -> CInt? {
        switch signal {
        case SIGTERM, SIGINT:
            try? ServiceNotification.send("STOPPING=1")
            return stopNow(signal)
        case SIGUSR1:
            guard stopping == nil else { return nil }
            talk(.warning, "Exiting Master process...")
            try? ServiceNotification.send("STOPPING=1")
            programs.signal(SIGUSR1)
            if workerStarts.isWaiting {
                if formerWorkers.isEmpty { return allExited(0) }
            } else {
                kill(controller.target.pid, SIGUSR1)
            }
            // The worker ends what is left by itself; here only the end of listening counts.
            let settings = controller.settings
            stopping = StopSchedule(now: Clocks.monotonic(), grace: settings.grace, hardStopAfter: nil)
        case SIGHUP, SIGUSR2:
            talk(.notice, "Reloading HAProxy")
            let answer = reload()
            Talk.write(answer.text)
            if answer.success {
                talk(.notice, "Loading success.")
            } else {
                talk(.warning, "Loading failure! What was served before is still served.")
            }
        case SIGTTOU: try? controller.pause()
        case SIGTTIN: try? controller.resume()
        case SIGCHLD:
            var status: CInt = 0
            while true {
                let pid = waitpid(-1, &status, WNOHANG)
                if pid <= 0 { break }
                if let end = reap(pid, clinux_wait_status(status)) { return end }
            }
        default: break
        }
        return nil
    }

    /// Ports are free when the master lets go of them too.
    func stopStep() -> CInt? {
        if stopping?.step(Clocks.monotonic()) == .stopListening {
            controller.stopListening()
            stats.closeAll()
        }
        return nil
    }

    private func reap(_ pid: Int32, _ code: CInt) -> CInt? {
        if let (level, words) = programs.ended(pid, code: code, now: Clocks.monotonic()) {
            talk(level, words)
            return nil
        }
        if let index = formerWorkers.firstIndex(where: { $0.pid == pid }) {
            talk(.warning, "Former worker (\(pid)) exited with \(ProcessEnd(code).words)")
            close(formerWorkers.remove(at: index).channel)
            return stopping != nil && workerStarts.isWaiting && formerWorkers.isEmpty ? allExited(0) : nil
        }
        guard pid == controller.target.pid, !workerStarts.isWaiting else { return nil }
        if stopping == nil {
            mourn(code)
            return nil
        }
        tellOfEnd(pid, code)
        if formerWorkers.isEmpty {
            return allExited(ProcessEnd(code).status)
        } else {
            // Those that still have connections would end with us.
            workerStarts.died(at: Clocks.monotonic())
        }
        return nil
    }

    /// - Returns: The exit status.
    private func stopNow(_ signal: CInt) -> CInt {
        if stopping == nil { talk(.warning, "Exiting Master process...") }
        saveLastGood(.max)
        programs.signal(signal)
        for (pid, _) in formerWorkers { kill(pid, signal) }
        // The id of one that is dead may be somebody else's by now.
        guard !workerStarts.isWaiting else { return allExited(0) }
        var status: CInt = 0
        kill(controller.target.pid, signal)
        waitpid(controller.target.pid, &status, 0)
        tellOfEnd(controller.target.pid, clinux_wait_status(status))
        return allExited(signal == SIGINT ? 128 + SIGINT : 0)
    }

    private func tellOfEnd(_ pid: Int32, _ code: CInt) {
        let end = ProcessEnd(code)
        talk(end.code == 0 ? .warning : .alert, "Current worker (\(pid)) exited with \(end.words)")
    }

    private func allExited(_ status: CInt) -> CInt {
        talk(.warning, "All workers exited. Exiting... (\(status))")
        return status
    }
}
