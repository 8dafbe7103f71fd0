internal import CLinux
internal import Glibc
internal import ProxyEngine
internal import RuntimeAPI
internal import Syscalls

/// The worker: started, asked for signs of life, replaced when it dies or hangs.
extension Master {
    func mourn(_ code: CInt) {
        talk(.alert, "Current worker (\(controller.target.pid)) exited with \(ProcessEnd(code).words)")
        workerStarts.died(at: Clocks.monotonic())
    }

    func startWorker() throws(SystemError) {
        do throws(SystemError) {
            controller.target = try WorkerLink(configuration.process, configuration.snapshot.settings)
            try controller.serveAll()
            workerStarts.started(at: Clocks.monotonic())
            talk(.notice, "New worker (\(controller.target.pid)) forked")
        } catch {
            talk(.alert, "\(error)")
            workerStarts.died(at: Clocks.monotonic())
        }
    }

    /// A worker that is dead, or that dies of this or just before, is replaced first: the change need not wait for it.
    ///
    /// - Parameter keepsChanges: What commands have changed stays.
    func bringIntoEffect(
        _ next: LoadedConfiguration,
        keepsChanges: Bool = false
    ) throws(SystemError) -> ReloadAnswer {
        if stopping != nil { throw SystemError(code: ESHUTDOWN, operation: "change a proxy that stops") }
        if workerStarts.isWaiting { try startWorker() }
        do throws(SystemError) {
            return try controller.apply(next, keepsChanges: keepsChanges)
        } catch {
            if !workerStarts.isWaiting { endWorker() }
            try startWorker()
            if workerStarts.isWaiting { throw error }
            return try controller.apply(next, keepsChanges: keepsChanges)
        }
    }

    /// Who the process is, where it is locked in and where it logs are fixed in a worker: another one takes its place, and
    /// the former one ends with its last connection.
    func replaceWorker(_ next: LoadedConfiguration) throws(SystemError) {
        if let directory = next.process.chroot {
            // The worker would end with this, and could tell nobody.
            try syscall("chroot to \(directory)") { access(directory, X_OK) }
        }
        if workerStarts.isWaiting {
            configuration.process = next.process
            return
        }
        let former = controller.target
        var process = next.process
        process.replaces = true
        let link = try WorkerLink(process, next.snapshot.settings)
        do throws(SystemError) {
            try controller.replace(by: link)
        } catch {
            kill(link.pid, SIGKILL)
            waitpid(link.pid, nil, 0)
            throw error
        }
        formerWorkers.append((former.pid, try former.duplicateChannel()))
        kill(former.pid, SIGUSR1)
        workerStarts.started(at: Clocks.monotonic())
        talk(.notice, "New worker (\(link.pid)) forked; worker \(former.pid) finishes its connections")
    }

    private func endWorker() {
        var status: CInt = 0
        kill(controller.target.pid, SIGKILL)
        waitpid(controller.target.pid, &status, 0)
        mourn(clinux_wait_status(status))
    }

    // MARK: - Signs of life

    /// What to poll for one; -1 when none is awaited.
    var signOfLife: CInt {
        workerStarts.isWaiting || controller.target.askedAt == nil ? -1 : controller.target.descriptor
    }

    func takeSignOfLife() {
        // A worker that died meanwhile is noticed by its signal.
        guard (try? controller.target.takeSign()) != nil else { return }
        tellWatchdog()
    }

    /// systemd is told only what the worker has shown.
    private func tellWatchdog() {
        if ServiceNotification.watchdogInterval != nil { try? ServiceNotification.send("WATCHDOG=1") }
    }

    /// Asks for a sign of life; a worker that has given none for too long is replaced.
    func beat(_ now: UInt64) {
        nextBeat = now + beatInterval
        guard !workerStarts.isWaiting else { return }
        if let asked = controller.target.askedAt {
            guard now - asked > WorkerLink.patience, stopping == nil else { return }
            talk(.alert, "Current worker (\(controller.target.pid)) hangs")
            endWorker()
        } else {
            try? controller.target.askForSign()
        }
    }
}
